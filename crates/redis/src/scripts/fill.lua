-- Fills a key that was loaded after a miss, where its lease is still there.
-- KEYS: the key, its lease.
-- ARGV: the lease, the value, its time to live in milliseconds (below 0: for ever).
-- Answers 1 where it went in, else 0.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[2])
local ttl = tonumber(ARGV[3])
if ttl == 0 then
  return 1
end
-- Another application that knows of no leases may have written the key meanwhile.
local done
if ttl < 0 then
  done = redis.call('SET', KEYS[1], ARGV[2], 'NX')
else
  done = redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3])
end
return done and 1 or 0
