-- Gives a conversation back, if the token still holds it.
-- KEYS: the conversation; ARGV: the token
if redis.call('HGET', KEYS[1], 'hold') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'hold', '')
end
return 0
