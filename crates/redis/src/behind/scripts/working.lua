-- How many workers are alive. KEYS: the workers; ARGV: after how many milliseconds of
-- silence one counts as ended.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZCOUNT', KEYS[1], '(' .. string.format('%d', now - tonumber(ARGV[1])), '+inf')
