-- Moves sends of a worker that ended into this worker's outbox. Of a try that was under
-- way nobody knows whether it arrived. Nor is it the one any more who writes to MongoDB.
-- KEYS: its outbox, this worker's outbox, who writes; ARGV: this worker, what conversations
-- begin with, how many at the most, the worker that ended. Gives the moved ones: number,
-- item, number, item …
local out, n = {}, 0
if redis.call('GET', KEYS[3]) == ARGV[4] then
  redis.call('DEL', KEYS[3])
end
local some = redis.call('HRANDFIELD', KEYS[1], ARGV[3], 'WITHVALUES')
for i = 1, #some, 2 do
  local id, item = some[i], some[i + 1]
  if string.sub(item, 1, 1) == '1' then
    item = '01' .. string.sub(item, 3)
  end
  redis.call('HSET', KEYS[2], id, item)
  redis.call('HDEL', KEYS[1], id)
  local sent = cjson.decode(string.sub(item, 27))
  if type(sent.contactId) == 'string' then
    redis.call('HSET', ARGV[2] .. sent.accountId .. ':' .. sent.contactId, 'owner', ARGV[1])
  end
  out[n + 1], out[n + 2] = id, item
  n = n + 2
end
return out
