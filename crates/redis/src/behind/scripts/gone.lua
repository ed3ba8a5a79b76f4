-- Takes off the workers one that has ended, unless it was heard of since it was found.
-- KEYS: the workers; ARGV: the one, when it was heard last
if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return 0
