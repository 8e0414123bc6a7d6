
-- Changes the history and runs a command, or does neither. The lines above define `statement`.
-- KEYS: the history, the log.
-- ARGV: how many fields; of each its name, its text, its text to be ('' is none); how many lines of the log; these; the
-- words that `statement` gets, if any.
local passed = 0
local function take()
  passed = passed + 1
  return ARGV[passed]
end

local fields = {}
for at = 1, tonumber(take()) do
  local field = { name = take() }
  field.before = take()
  field.after = take()
  fields[at] = field
  if (redis.call('HGET', KEYS[1], field.name) or '') ~= field.before then
    return { 'moved' }
  end
end
local lines = {}
for at = 1, tonumber(take()) do
  lines[at] = take()
end
local words = {}
while passed < #ARGV do
  words[#words + 1] = take()
end

local function write(side)
  for _, field in ipairs(fields) do
    if field[side] == '' then
      redis.call('HDEL', KEYS[1], field.name)
    elseif field.before ~= field.after then
      redis.call('HSET', KEYS[1], field.name, field[side])
    end
  end
end

local pushed = 0
local function record()
  for _, line in ipairs(lines) do
    redis.call('RPUSH', KEYS[2], line)
    pushed = pushed + 1
  end
  write('after')
end

local function undo()
  for _ = 1, pushed do
    redis.call('RPOP', KEYS[2])
  end
  write('before')
end

local function failed(failure)
  undo()
  if type(failure) == 'table' then
    failure = failure.err
  end
  return { 'failed', tostring(failure) }
end

-- The record comes first: what may not be written (no memory, no right) then stops the command too.
local recorded, failure = pcall(record)
if not recorded then
  return failed(failure)
end
if #words == 0 then
  return { 'done', 0 }
end
local ran, reply = pcall(statement, words)
if not ran or (type(reply) == 'table' and reply.err) then
  return failed(reply)
end
return { 'done', type(reply) == 'number' and reply or 0 }
