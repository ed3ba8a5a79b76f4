-- Moves sends of a worker that ended into this worker's outbox, and lists them as handed
-- over to it, where they wait until it has taken them up. Of a try that was under way nobody
-- knows whether it arrived. Nor is it the one any more who writes to MongoDB.
-- KEYS: its outbox, this worker's outbox, who writes, what is handed over to this worker
-- ARGV: this worker, what conversations begin with, the worker that ended; then the numbers
-- of the sends, the earliest first
-- Gives how many were moved.
if redis.call('GET', KEYS[3]) == ARGV[3] then
  redis.call('DEL', KEYS[3])
end
-- A full Redis allows what takes something away, if only that were there, and then also the
-- rest. So nothing has to leave one outbox before it is in the other.
redis.call('HDEL', KEYS[1], '')
local moved = 0
for i = 4, #ARGV do
  local id = ARGV[i]
  local item = redis.call('HGET', KEYS[1], id)
  if item then
    if string.sub(item, 1, 1) == '1' then
      item = '01' .. string.sub(item, 3)
    end
    redis.call('HSET', KEYS[2], id, item)
    redis.call('RPUSH', KEYS[4], id)
    redis.call('HDEL', KEYS[1], id)
    local is_read, sent = pcall(cjson.decode, string.sub(item, 27))
    if is_read and type(sent.contactId) == 'string' then
      redis.call('HSET', ARGV[2] .. sent.accountId .. ':' .. sent.contactId, 'owner', ARGV[1],
        'handed', id)
    end
    moved = moved + 1
  end
end
return moved
