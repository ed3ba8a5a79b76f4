-- Gives a conversation back, if the token still holds it. An event that will be tried again
-- keeps its place in the line for a while, so that later ones wait for it.
-- KEYS: the conversation; ARGV: the token, how long the event keeps its place (0: not)
local has = redis.call('HMGET', KEYS[1], 'hold', 'event', 'eventAt', 'line')
if has[1] ~= ARGV[1] then
  return 0
end
-- A full Redis allows what takes something away, and then also the rest of the same script.
redis.call('HDEL', KEYS[1], 'hold')
if ARGV[2] ~= '0' and has[2] and has[3] then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', KEYS[1], 'line', string.format('%d;%s;%d|', has[3], has[2],
    now + tonumber(ARGV[2])) .. (has[4] or ''))
end
return 0
