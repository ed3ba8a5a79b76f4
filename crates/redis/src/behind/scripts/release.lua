-- Gives a conversation back, if the token still holds it. Its event will be tried again and
-- keeps its place in the line for as long as a hold lasts, so that later ones wait for it.
-- KEYS: the conversation; ARGV: the token, how long a hold lasts
local has = redis.call('HMGET', KEYS[1], 'hold', 'event', 'eventAt', 'line')
if has[1] ~= ARGV[1] then
  return 0
end
-- Works also where Redis is full; the place in the line is then lost.
redis.call('HDEL', KEYS[1], 'hold')
if has[2] and has[3] then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.pcall('HSET', KEYS[1], 'line', string.format('%.0f;%s;%.0f|', has[3], has[2],
    now + tonumber(ARGV[2])) .. (has[4] or ''))
end
return 0
