-- Writes down how tries to send ended. What takes something away comes first: a full Redis
-- allows that, and then also the rest of the same script.
-- KEYS: this worker's outbox, the list of what failed for good; then for each: the conversation
-- ARGV: how long a quiet conversation is kept, how many failures are kept; then for each:
-- the send, the head that it gets ('' takes it out of the outbox), the record of a failure
-- ('' for none), 1 where there is a conversation, those that wait behind it and were begun
-- with their commit
for i = 0, (#ARGV - 2) / 5 - 1 do
  local id, head, failure, counted = ARGV[3 + 5 * i], ARGV[4 + 5 * i], ARGV[5 + 5 * i], ARGV[6 + 5 * i]
  local conversation = KEYS[3 + i]
  if head == '' and redis.call('HDEL', KEYS[1], id) == 1 then
    if failure ~= '' then
      redis.call('RPUSH', KEYS[2], failure)
      redis.call('LTRIM', KEYS[2], -tonumber(ARGV[2]), -1)
    end
    if counted == '1' then
      local has = redis.call('HMGET', conversation, 'sends', 'stateDirty', 'contactDirty')
      local left = tonumber(has[1] or '0') - 1
      if left > 0 then
        redis.call('HSET', conversation, 'sends', string.format('%d', left))
      else
        redis.call('HDEL', conversation, 'sends', 'owner', 'handed')
        if not has[2] and not has[3] then
          redis.call('PEXPIRE', conversation, ARGV[1])
        end
      end
    end
  end
end
-- Gives an item another head, from its first character on.
local function set_head(id, head)
  local item = redis.call('HGET', KEYS[1], id)
  if item then
    redis.call('HSET', KEYS[1], id, head .. string.sub(item, #head + 1))
  end
end
local is_first = true
for i = 0, (#ARGV - 2) / 5 - 1 do
  local id, head, waiting = ARGV[3 + 5 * i], ARGV[4 + 5 * i], ARGV[7 + 5 * i]
  if head ~= '' then
    if is_first then
      -- Takes nothing away, and is allowed as if it did, where nothing came before.
      redis.call('HDEL', KEYS[1], '')
      is_first = false
    end
    set_head(id, head)
    for other in string.gmatch(waiting, '%d+') do
      set_head(other, '0')
    end
  end
end
return 0
