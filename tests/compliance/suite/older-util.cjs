// The suite's reader of JSON Schema uses functions of node:util that Node 23 took out.
const util = require('node:util')

util.isObject ??= (value) => typeof value === 'object' && value !== null
util.isString ??= (value) => typeof value === 'string'
util.isNumber ??= (value) => typeof value === 'number'
util.isBoolean ??= (value) => typeof value === 'boolean'
util.isUndefined ??= (value) => value === undefined
util.isFunction ??= (value) => typeof value === 'function'
