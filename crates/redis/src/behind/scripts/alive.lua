-- Says that this worker is alive. KEYS: the workers; ARGV: this worker, after how many
-- milliseconds of silence one counts as ended. Gives those that have ended, and when each was
-- heard last: name, time, name, time …
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]), 'WITHSCORES')
