-- A key that was not there: its value after all, or the lease to fill it.
-- KEYS: the key, its lease.  ARGV: a new lease, how long it lives in milliseconds.
-- Answers the value as text, or a list with the lease.
local value = redis.call('GET', KEYS[1])
if value then
  return value
end
redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
return { redis.call('GET', KEYS[2]) }
