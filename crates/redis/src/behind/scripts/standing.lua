-- Caches where a contact stands, in a cluster, where that is in another slot than the
-- conversation: never over what a later commit has cached, however late this comes.
-- KEYS: the key, its lease, when what was cached last was committed
-- ARGV: when this was committed, in microseconds of one server's clock; the value; for how
-- long (0 removes it, below 0 for ever); 1 where what is cached stays; after how long this is
-- too late; how long the time is remembered, which is longer
-- Gives 1, or 0 where it was too late.
local newest = redis.call('GET', KEYS[3])
if newest and tonumber(newest) > tonumber(ARGV[1]) then
  return 0
end
local time = redis.call('TIME')
local age = (time[1] * 1000000 + time[2] - tonumber(ARGV[1])) / 1000
redis.call('UNLINK', KEYS[2])
if age > tonumber(ARGV[5]) then
  -- Nobody remembers what came since; whoever reads next asks the store.
  redis.call('UNLINK', KEYS[1])
  return 0
end
local for_ms, only_new = ARGV[3], ARGV[4] == '1'
if not only_new then
  redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[6])
end
if for_ms == '0' then
  if not only_new then
    redis.call('UNLINK', KEYS[1])
  end
  return 1
end
local set = { 'SET', KEYS[1], ARGV[2] }
if string.sub(for_ms, 1, 1) ~= '-' then
  set[4], set[5] = 'PX', for_ms
end
if only_new then
  set[#set + 1] = 'NX'
end
redis.call(unpack(set))
return 1
