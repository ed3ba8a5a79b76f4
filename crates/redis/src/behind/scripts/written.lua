-- Takes off the lists what MongoDB has now. What changed meanwhile stays. What takes
-- something away comes first: a full Redis allows that, and then also the rest.
-- KEYS: who writes, the list of what is dirty, the list of new marks
-- ARGV: this worker, what conversations begin with, how long a quiet conversation is kept,
-- the number of marks; then for each conversation: its name, the version that was written
-- Gives 0 where another worker has taken over the writing meanwhile.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local marks, conversations = tonumber(ARGV[4]), (#ARGV - 4) / 2
if marks > 0 then
  redis.call('LTRIM', KEYS[3], marks, -1)
end
if conversations > 0 then
  redis.call('LTRIM', KEYS[2], conversations, -1)
end
for i = 0, conversations - 1 do
  local name, version = ARGV[5 + 2 * i], ARGV[6 + 2 * i]
  local conversation = ARGV[2] .. name
  local has = redis.call('HMGET', conversation, 'version', 'sends')
  if has[1] == version then
    redis.call('HDEL', conversation, 'stateDirty', 'contactDirty')
    if not has[2] then
      redis.call('PEXPIRE', conversation, ARGV[3])
    end
  elseif has[1] then
    redis.call('RPUSH', KEYS[2], name)
  end
end
return 1
