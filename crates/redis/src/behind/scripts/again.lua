-- Puts failed sends back to be sent: each leaves the list and enters an outbox at once, and
-- only where the list still has it. What takes something away comes first, as in finish.
-- Where earlier sends of the contact wait, it goes behind them, into the same outbox.
-- KEYS: the list of what failed, the counter of sends, the outbox of this lot; then for
-- each: the conversation
-- ARGV: whose outbox that is, what outboxes begin with, what lists of what is handed over
-- begin with; then for each: its record as the list has it, the item, 1 where there is a
-- conversation
-- Gives how many were put back.
local count = 0
for i = 0, (#ARGV - 3) / 3 - 1 do
  local record, item, counted = ARGV[4 + 3 * i], ARGV[5 + 3 * i], ARGV[6 + 3 * i]
  local conversation = KEYS[4 + i]
  if redis.call('LREM', KEYS[1], -1, record) == 1 then
    local id = string.format('%d', redis.call('INCR', KEYS[2]))
    local owner = ARGV[1]
    if counted == '1' then
      local has = redis.call('HMGET', conversation, 'sends', 'owner')
      local before = tonumber(has[1] or '0')
      if before > 0 and has[2] then
        owner = has[2]
      end
      redis.call('HSET', conversation, 'sends', string.format('%d', before + 1), 'owner', owner,
        'handed', id)
      redis.call('PERSIST', conversation)
    end
    redis.call('HSET', ARGV[2] .. owner, id, item)
    if owner ~= ARGV[1] then
      redis.call('RPUSH', ARGV[3] .. owner, id)
    end
    count = count + 1
  end
end
return count
