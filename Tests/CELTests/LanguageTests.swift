import CEL
import Testing

struct LanguageTests {
  typealias Case = (String, String)

  static let input = #"""
    {"n": 3, "x": 2.5, "big": 12345678901234567890, "s": "Grüße", "b": true, "z": null,
     "list": [3, 1, 2], "items": [{"id": "a", "price": 2.5, "n": 2}, {"id": "b", "price": 4, "n": 1}],
     "map": {"k": "v", "content-type": "json", "esc\u0061pe": 1}}
    """#

  private func check(_ item: Case) {
    #expect(Trial.over(["input": Self.input]).result(item.0) == item.1, "\(item.0)")
  }

  @Test(arguments: [
    ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3"), ("-7 / 2", "-3"), ("-7 % 3", "-1"),
    ("7.0 / 2.0", "3.5"), ("1u + 2u", "3"), ("0x1F", "31"), ("--5", "5"), ("-(-5)", "5"),
    ("9223372036854775807 + 1", "overflow"), ("-9223372036854775808 - 1", "overflow"),
    ("0u - 1u", "overflow"), ("1 / 0", "division_by_zero"), ("1 % 0", "division_by_zero"),
    ("1.0 / 0.0 > 1e308", "true"), ("-9223372036854775808", "-9223372036854775808"),
    ("9223372036854775808", "range"), ("18446744073709551616u", "range"), (".5 + 1e2", "100.5"),
    ("1 < 2u", "true"), ("1 == 1.0", "true"), ("2u > 1.5", "true"),
    ("0.0 / 0.0 == 0.0 / 0.0", "false"),
    ("'a' < 'b'", "true"), ("'a' + 'b' + 'c'", "\"abc\""), ("[1] + [2] == [1, 2]", "true"),
    ("true ? 1 : 2", "1"), ("false ? 1 : true ? 2 : 3", "2"), ("!true || !false", "true"),
    ("true && 1 / 0 == 1", "division_by_zero"), ("1 / 0 == 1 || true", "true"),
    ("false && 1 / 0 == 1", "false"), ("1 / 0 == 1 && false", "false"),
    ("2 in [1, 2]", "true"), ("'k' in {'k': 1}", "true"), ("1 in {1.0 == 1 ? 1 : 2: 1}", "true"),
  ])
  func `operators give what the specification says`(_ item: Case) { check(item) }

  @Test(arguments: [
    ("input.n + 1", "4"), ("input.list[1]", "1"), ("input.list[3]", "index_out_of_range"),
    ("input.list[-1]", "index_out_of_range"), ("input.list[1.0]", "1"),
    ("input.map.k", "\"v\""), ("input.map.`content-type`", "\"json\""), ("input.map['k']", "\"v\""),
    ("input.map.escape", "1"), ("input.nothing", "no_such_key"), ("has(input.nothing)", "false"),
    ("has(input.n)", "true"), ("has(input.z)", "true"), ("input.z == null", "true"),
    ("input.?nothing.orValue(5)", "5"), ("input.?n.orValue(5)", "3"),
    ("input.?map.?k.orValue('')", "\"v\""), ("input[?'n'].hasValue()", "true"),
    ("input.list[?7].orValue(0)", "0"), ("input.n.x", "no_such_overload"),
    ("input.big", "1.2345678901234567e+19"), ("size(input.s)", "5"), ("size(input.items)", "2"),
    ("size(input.map)", "3"), ("input.items[1].price", "4"), ("input.b ? 'yes' : 'no'", "\"yes\""),
    ("input.list == [3, 1, 2]", "true"), ("input.map == {'k': 'v'}", "false"),
    ("input.items.map(i, i.price * i.n).sum()", "9.0"),
    ("input.items.filter(i, i.n > 1).map(i, i.id)", "[\"a\"]"),
    ("input.items.exists(i, i.id == 'b')", "true"), ("input.items.all(i, i.price > 3)", "false"),
    ("input.list.exists_one(x, x == 1)", "true"),
    ("input.map.map(k, k).sort()[0]", "\"content-type\""),
    ("input.map.exists(k, v, v == 'v')", "true"),
    ("input.list.transformList(i, x, i * x)", "[0,1,4]"),
    ("{'a': 1}.transformMap(k, v, v + 1)", "{\"a\":2}"),
    ("[1, 2].transformMapEntry(i, x, {string(x): i})", "{\"1\":0,\"2\":1}"),
    ("[1, 1].transformMapEntry(i, x, {string(x): i})", "duplicate_key"),
    ("input.list.map(x, x > 1, x * 10)", "[30,20]"), ("'v' in input.map", "false"),
    ("'k' in input.map", "true"), ("3 in input.list", "true"), ("type(input.n) == int", "true"),
    ("type(input.x) == double", "true"), ("type(input.big)", "\"double\""),
  ])
  func `documents are read without being decoded`(_ item: Case) { check(item) }

  @Test(arguments: [
    ("'Grüße'.charAt(2)", "\"ü\""), ("'hello'.indexOf('l')", "2"), ("'hello'.indexOf('l', 3)", "3"),
    ("'hello'.lastIndexOf('l')", "3"), ("'hello'.lastIndexOf('l', 2)", "2"),
    ("'hello'.indexOf('x')", "-1"), ("'hello'.indexOf('', 9)", "index_out_of_range"),
    ("'a,b,c'.split(',')", "[\"a\",\"b\",\"c\"]"), ("'a,b,c'.split(',', 2)", "[\"a\",\"b,c\"]"),
    ("'äb'.split('')", "[\"ä\",\"b\"]"), ("['a', 'b'].join('-')", "\"a-b\""), ("[].join()", "\"\""),
    ("[1].map(x, dyn(x)).join()", "no_such_overload"),
    ("'aaa'.replace('a', 'b', 2)", "\"bba\""), ("'abc'.replace('', '-')", "\"-a-b-c-\""),
    ("'abc'.replace('', '-', 2)", "\"-a-bc\""), ("''.replace('', 'x')", "\"x\""),
    ("'hello'.substring(1, 3)", "\"el\""), ("'hello'.substring(3)", "\"lo\""),
    ("'hello'.substring(3, 1)", "index_out_of_range"), ("'  x '.trim()", "\"x\""),
    ("'Ab'.lowerAscii() + 'Ab'.upperAscii()", "\"abAB\""), ("'abc'.reverse()", "\"cba\""),
    ("strings.quote('a\"b')", "\"\\\"a\\\\\\\"b\\\"\""),
    ("'%s-%d-%.2f'.format(['a', 3, 2.5])", "\"a-3-2.50\""),
    ("'%x %b %o'.format([255, 5, 8])", "\"ff 101 10\""), ("'%s'.format([])", "invalid_argument"),
    ("'%z'.format([1])", "invalid_argument"), ("'abcdefghij'.contains('cdefghij')", "true"),
    ("'aabaabaaab'.contains('aabaaab')", "true"),
    ("'abababababababac'.contains('ababababac')", "true"),
    ("'a'.startsWith('ab')", "false"), ("'ab'.endsWith('b')", "true"),
    ("'é' == 'e\\u0301'", "false"),
  ])
  func `strings are sequences of scalars`(_ item: Case) { check(item) }

  @Test(arguments: [
    ("math.greatest(1, 2.5, 2)", "2.5"), ("math.least([3, 1, 2])", "1"),
    ("math.greatest([])", "empty_list"),
    ("math.ceil(1.2)", "2.0"), ("math.round(2.5)", "3.0"), ("math.trunc(-1.7)", "-1.0"),
    ("math.sqrt(16)", "4.0"), ("math.abs(-3)", "3"), ("math.sign(-2.5)", "-1.0"),
    ("math.bitAnd(6, 3)", "2"), ("math.bitShiftLeft(1, 64)", "0"),
    ("math.isNaN(0.0 / 0.0)", "true"),
    ("[3, 1, 2].sort()", "[1,2,3]"), ("['b', 'a'].sortBy(x, x)", "[\"a\",\"b\"]"),
    ("[{'n': 2}, {'n': 1}].sortBy(x, x.n)", "[{\"n\":1},{\"n\":2}]"),
    ("[1, 'a'].sort()", "no_such_overload"),
    ("[1, 1.0, 2, '1'].distinct()", "[1,2,\"1\"]"), ("[[1], [1.0], [2]].distinct()", "[[1],[2]]"),
    ("[[1], [2, [3]]].flatten()", "[1,2,[3]]"), ("[[1], [2, [3]]].flatten(5)", "[1,2,3]"),
    ("[1, 2, 3, 4].slice(1, 3)", "[2,3]"), ("[1].slice(0, 2)", "index_out_of_range"),
    ("lists.range(3)", "[0,1,2]"), ("[1, 2].reverse()", "[2,1]"), ("[1, 2].first().value()", "1"),
    ("[1, 2].last().value()", "2"), ("[].first().hasValue()", "false"),
    ("[1, 2, 3].sum()", "6"), ("[].sum()", "0"), ("[1, 2.5].sum()", "3.5"),
    ("[1, 2.5].max()", "2.5"),
    ("[2, 1].min()", "1"), ("[].min()", "empty_list"),
    ("['a'].map(x, dyn(x)).sum()", "no_such_overload"),
    ("[duration('1s'), duration('2s')].sum()", "\"3s\""),
    ("base64.encode(b'hi!')", "\"aGkh\""), ("string(base64.decode('aGkh'))", "\"hi!\""),
    ("base64.decode('a')", "conversion"), ("cel.bind(x, 2, x * x)", "4"),
  ])
  func `extensions of lists and numbers work`(_ item: Case) { check(item) }

  @Test(arguments: [
    ("string(1.0) + string(2.5) + string(1e21)", "\"12.51e+21\""), ("int('12')", "12"),
    ("int('1.5')", "conversion"), ("int(1e30)", "range"), ("uint(-1)", "range"),
    ("double('2.5')", "2.5"), ("bool('yes')", "conversion"), ("string(b'\\xff')", "conversion"),
    ("timestamp('2026-02-29T00:00:00Z')", "conversion"),
    ("timestamp('2024-02-29T00:00:00Z')", "\"2024-02-29T00:00:00Z\""),
    ("timestamp('2026-01-01T01:00:00+02:00')", "\"2025-12-31T23:00:00Z\""),
    ("timestamp('2026-01-31T12:00:00.25Z').getMilliseconds()", "250"),
    ("timestamp('2026-07-01T12:00:00Z').getHours('Europe/Berlin')", "14"),
    ("timestamp('2026-07-01T12:00:00Z').getHours('Mars/Base')", "invalid_argument"),
    ("timestamp('2026-03-01T00:00:00Z').getDayOfYear()", "59"),
    ("timestamp('2026-11-24T00:00:00Z').getDayOfWeek()", "2"),
    ("duration('1h30m').getMinutes()", "90"), ("duration('1.5s')", "\"1.5s\""),
    ("duration('5')", "conversion"), ("duration('2562047.9h')", "range"),
    ("duration('9223372036.9s')", "range"),
    ("duration('-1m') < duration('0s')", "true"),
    ("timestamp('2026-01-01T00:00:00Z') + duration('36h')", "\"2026-01-02T12:00:00Z\""),
    ("optional.of(1).or(optional.of(1 / 0)).value()", "1"),
    ("optional.none().value()", "empty_optional"),
    ("optional.of(1).optMap(x, x + 1).orValue(0)", "2"),
    ("[optional.of(1), optional.none()].unwrapOpt()", "[1]"),
    ("[1, ?optional.none(), 2]", "[1,2]"), ("{'a': 1, ?'b': optional.none()}", "{\"a\":1}"),
    ("b'\\x01' + b'\\x02' == b'\\001\\002'", "true"), ("r'a\\n' == 'a\\\\n'", "true"),
    ("'''a'b''' + \"\"\"c\"d\"\"\"", "\"a'bc\\\"d\""), ("{'a': {'b': 1}}.a.b // a remark", "1"),
    ("{1: 'a', 1u: 'b'}", "duplicate_key"), ("{1.5: 1}", "no_such_overload"),
    ("1.0 / 0.0", "not_json"),
    ("[timestamp(0), null, b'a', int]", "[\"1970-01-01T00:00:00Z\",null,\"YQ==\",\"int\"]"),
  ])
  func `conversions and literals work`(_ item: Case) { check(item) }
}
