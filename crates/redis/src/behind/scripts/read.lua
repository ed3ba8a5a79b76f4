-- Reads what MongoDB does not have yet, as the one worker that writes it.
-- KEYS: who writes, the list of what is dirty, the list of new marks
-- ARGV: this worker, for how long it writes, the most conversations, the most marks, what
-- conversations begin with
-- Gives nothing where another worker writes; or: how many conversations wait, how many
-- marks wait, the marks, the names, and for each what it holds
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return {}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local names = redis.call('LRANGE', KEYS[2], 0, tonumber(ARGV[3]) - 1)
local held = {}
for i, name in ipairs(names) do
  held[i] = redis.call('HMGET', ARGV[5] .. name, 'version', 'since', 'at', 'stateDirty', 'state',
    'contactDirty', 'changes')
end
return { redis.call('LLEN', KEYS[2]), redis.call('LLEN', KEYS[3]),
  redis.call('LRANGE', KEYS[3], 0, tonumber(ARGV[4]) - 1), names, held }
