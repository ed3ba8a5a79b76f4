-- Takes what was handed over to this worker: the sends of workers that ended, and those that
-- belong behind earlier ones of its own. What is taken stays in a list of its own until the
-- next call says that it was handed on, so that an answer that is lost loses nothing.
-- KEYS: the list of it, this worker's outbox, what was taken of the list
-- ARGV: how many at the most, 1 where what was taken is handed on
-- Gives: number, item, number, item …
if ARGV[2] == '1' then
  redis.call('DEL', KEYS[3])
end
local ids = redis.call('LRANGE', KEYS[3], 0, -1)
if #ids == 0 then
  ids = redis.call('LPOP', KEYS[1], ARGV[1])
  if not ids then
    return {}
  end
  redis.call('RPUSH', KEYS[3], unpack(ids))
end
local out, n = {}, 0
for _, id in ipairs(ids) do
  local item = redis.call('HGET', KEYS[2], id)
  if item then
    out[n + 1], out[n + 2] = id, item
    n = n + 2
  end
end
if n == 0 then
  redis.call('DEL', KEYS[3])
end
return out
