-- Takes off the lists what MongoDB has now, and sets aside what it refuses. What changed
-- meanwhile stays. What takes something away comes first: a full Redis allows that, and then
-- also the rest. The conversations are named, so that a cluster which moves them refuses all
-- of it before anything is done.
-- KEYS: who writes, the list of what is dirty, the list of new marks, the conversations that
-- are set aside, the marks that are; then the conversations
-- ARGV: this worker, how long a quiet conversation is kept, the number of marks, how many of
-- a kind are set aside at the most, the number of marks that are refused; these; then for
-- each conversation: its name, the version that was written, 1 where it is refused, then all
-- its changes as one ('' for none)
-- Gives -1 where another worker has taken over the writing meanwhile, or how many of what is
-- refused found no room and are in the lists again.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return -1
end
local keep, marks, most, refused = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local conversations = #KEYS - 5
if marks > 0 then
  redis.call('LTRIM', KEYS[3], marks, -1)
end
if conversations > 0 then
  redis.call('LTRIM', KEYS[2], conversations, -1)
end
local back, now = 0, nil
local function set_aside(aside, list, entry)
  if redis.call('ZCARD', aside) >= most and not redis.call('ZSCORE', aside, entry) then
    redis.call('RPUSH', list, entry)
    back = back + 1
    return false
  end
  if not now then
    local time = redis.call('TIME')
    now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
  end
  redis.call('ZADD', aside, now, entry)
  return true
end
for i = 6, 5 + refused do
  set_aside(KEYS[5], KEYS[3], ARGV[i])
end
local a = 6 + refused
for i = 1, conversations do
  local conversation = KEYS[5 + i]
  local name, version, is_refused, changes = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
  a = a + 4
  local has = redis.call('HMGET', conversation, 'version', 'sends', 'refused')
  if is_refused == '1' and has[1] == version then
    if set_aside(KEYS[4], KEYS[2], name) then
      redis.call('HSET', conversation, 'refused', '1')
    end
    -- What is kept for long does not grow with each change.
    if changes ~= '' then
      redis.call('HSET', conversation, 'changes', changes)
    end
  elseif has[1] == version then
    redis.call('HDEL', conversation, 'stateDirty', 'contactDirty', 'refused')
    if has[3] then
      redis.call('ZREM', KEYS[4], name)
    end
    if not has[2] then
      redis.call('PEXPIRE', conversation, keep)
    end
  elseif has[1] then
    redis.call('RPUSH', KEYS[2], name)
  end
end
return back
