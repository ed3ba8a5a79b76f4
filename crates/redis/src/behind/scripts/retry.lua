-- Puts what MongoDB refused a while ago back into the lists, to be written once more.
-- KEYS: the conversations that are set aside, the list of what is dirty, the marks that are
-- set aside, the list of new marks
-- ARGV: after how many milliseconds, how many of each at the most
-- Gives how many.
local time = redis.call('TIME')
local before = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1]))
local function again(aside, list)
  local due = redis.call('ZRANGEBYSCORE', aside, '-inf', before, 'LIMIT', 0, ARGV[2])
  if #due > 0 then
    redis.call('ZREM', aside, unpack(due))
    redis.call('RPUSH', list, unpack(due))
  end
  return #due
end
return again(KEYS[1], KEYS[2]) + again(KEYS[3], KEYS[4])
