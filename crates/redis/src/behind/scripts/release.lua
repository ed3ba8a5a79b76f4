-- Gives a conversation back, if the token still holds it. Taking the field away works also
-- where Redis is full.
-- KEYS: the conversation; ARGV: the token
if redis.call('HGET', KEYS[1], 'hold') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'hold')
end
return 0
