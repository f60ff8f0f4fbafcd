/// What fits a schema and what does not, and why: one table for `JSONSchema` and for
/// `swell.schema_problem`.
struct SchemaCase: Sendable, CustomStringConvertible {
  var schema: String
  var value: String
  /// Nil when it fits.
  var problem: String?

  init(_ schema: String, _ value: String, _ problem: String? = nil) {
    self.schema = schema
    self.value = value
    self.problem = problem
  }

  var description: String { "\(schema.prefix(200)) <- \(value.prefix(200))" }

  static let all =
    types + numbers + strings + formats + arrays + objects + alternatives
    + doubts

  static let types: [SchemaCase] = [
    .init("true", "1"), .init("{}", "null"),
    .init("false", "1", "at the top: nothing may be here"),
    .init(#"{"type": "null"}"#, "null"),
    .init(#"{"type": "boolean"}"#, "false"),
    .init(#"{"type": "object"}"#, "{}"), .init(#"{"type": "array"}"#, "[]"),
    .init(#"{"type": "string"}"#, #""""#), .init(#"{"type": "number"}"#, "1.5"),
    .init(
      #"{"type": "string"}"#, "1", "at the top: must be a string, and is a number"),
    .init(
      #"{"type": "object"}"#, "[]", "at the top: must be an object, and is a list"),
    .init(
      #"{"type": ["string", "null"]}"#, "{}",
      "at the top: must be a string or null, and is an object"),
    .init(
      #"{"type": ["boolean", "array", "number"]}"#, "null",
      "at the top: must be true or false, a list or a number, and is null"),
    .init(#"{"type": "integer"}"#, "1.0"), .init(#"{"type": "integer"}"#, "-3"),
    .init(#"{"type": "integer"}"#, "1.5e1"), .init(#"{"type": "integer"}"#, "1e300"),
    .init(#"{"type": ["integer", "null"]}"#, "2"),
    .init(
      #"{"type": "integer"}"#, "1.5", "at the top: must be a whole number, and is a number"),
    .init(
      #"{"type": "integer"}"#, "true", "at the top: must be a whole number, and is true or false"),
    .init(#"{"const": 1}"#, "1.0"), .init(#"{"const": {"a": [1, 2.50]}}"#, #"{"a": [1.0, 2.5]}"#),
    .init(#"{"const": "a"}"#, #""b""#, #"at the top: must be "a""#),
    .init(#"{"const": null}"#, "0", "at the top: must be null"),
    .init(#"{"const": 1.50}"#, "2", "at the top: must be 1.5"),
    .init(#"{"const": [1, 2]}"#, "[2, 1]", "at the top: must be what the schema has"),
    .init(#"{"enum": ["a", "b", 3, null, true]}"#, "3.00"),
    .init(
      #"{"enum": ["a", "b\"", 3, null, true]}"#, #""c""#,
      #"at the top: must be one of "a", "b"", 3, null, true"#),
    .init(#"{"enum": [{"a": 1}, 2]}"#, #"{"a": 1.0}"#),
    .init(#"{"enum": [{"a": 1}, 2]}"#, "3", "at the top: must be what the schema has"),
    .init(
      "{\"enum\": [\((1...22).map(String.init).joined(separator: ","))]}", "0",
      "at the top: must be one of \((1...20).map(String.init).joined(separator: ", ")), …"),
    // To Swift the two ways to write this letter are equal, to JSON they are not.
    .init(#"{"const": "\u00e9"}"#, #""e\u0301""#, "at the top: must be \"\u{E9}\""),
    .init(
      #"{"title": "t", "description": "d", "default": 1, "examples": [1], "$comment": "c"}"#, "2"),
  ]

  static let numbers: [SchemaCase] = [
    .init(#"{"minimum": 1, "maximum": 2}"#, "1"), .init(#"{"minimum": 1, "maximum": 2}"#, "2.0"),
    .init(#"{"minimum": 1}"#, "0.999", "at the top: must be at least 1"),
    .init(#"{"maximum": -1.5}"#, "-1.4", "at the top: must be at most -1.5"),
    .init(#"{"exclusiveMinimum": 1}"#, "1.0", "at the top: must be more than 1"),
    .init(#"{"exclusiveMaximum": 1e3}"#, "1000", "at the top: must be less than 1000"),
    .init(#"{"exclusiveMinimum": 0, "exclusiveMaximum": 1}"#, "1e-300"),
    .init(#"{"minimum": 0}"#, "-0"), .init(#"{"minimum": 5}"#, #""a""#),
    .init(
      #"{"maximum": 9007199254740992}"#, "9007199254740993",
      "at the top: must be at most 9007199254740992"),
    .init(#"{"minimum": 100000000000000000000000000}"#, "100000000000000000000000001"),
    .init(#"{"minimum": 0.1}"#, "0.10000000000000000001"),
    .init(#"{"maximum": 0.1}"#, "0.10000000000000000001", "at the top: must be at most 0.1"),
    .init(#"{"maximum": -10}"#, "-9", "at the top: must be at most -10"),
    .init(#"{"maximum": -10}"#, "-11"), .init(#"{"maximum": -10}"#, "-100.5"),
    .init(#"{"minimum": -10}"#, "-10.01", "at the top: must be at least -10"),
    .init(#"{"multipleOf": 0.01}"#, "0.07"), .init(#"{"multipleOf": 0.01}"#, "19.99"),
    .init(#"{"multipleOf": 0.01}"#, "0.075", "at the top: must be a multiple of 0.01"),
    .init(#"{"multipleOf": 3}"#, "0"), .init(#"{"multipleOf": 3}"#, "-9"),
    .init(#"{"multipleOf": 3}"#, "3e100"), .init(#"{"multipleOf": 2.5}"#, "10"),
    .init(#"{"multipleOf": 3}"#, "1e100", "at the top: must be a multiple of 3"),
    .init(#"{"multipleOf": 1e3}"#, "12000"),
    .init(#"{"multipleOf": 1e3}"#, "12500", "at the top: must be a multiple of 1000"),
    .init(
      #"{"multipleOf": 7}"#, "123456789012345678901234567891",
      "at the top: must be a multiple of 7"),
  ]

  static let strings: [SchemaCase] = [
    .init(#"{"minLength": 2, "maxLength": 3}"#, #""ab""#),
    .init(#"{"minLength": 2, "maxLength": 2}"#, #""\ud83d\ude00é""#),
    .init(
      #"{"minLength": 2}"#, #""e""#, "at the top: must have at least 2 characters, and has 1"),
    .init(
      #"{"maxLength": 1}"#, #""e\u0301""#, "at the top: must have at most 1 characters, and has 2"),
    .init(#"{"minLength": 2}"#, "1"),
    .init(#"{"pattern": "b+"}"#, #""abbc""#), .init(#"{"pattern": ""}"#, #""x""#),
    .init(#"{"pattern": "^[A-Z]{2}-[0-9]{1,3}$"}"#, #""AB-12""#),
    .init(
      #"{"pattern": "^[A-Z]{2}-[0-9]{1,3}$"}"#, #""AB-1234""#,
      "at the top: must match the pattern ^[A-Z]{2}-[0-9]{1,3}$"),
    .init(#"{"pattern": "^a.c$"}"#, #""a\nc""#), .init(#"{"pattern": "^a[^b]c$"}"#, #""a\nc""#),
    .init(#"{"pattern": "^a$"}"#, #""a\n""#, "at the top: must match the pattern ^a$"),
    .init(#"{"pattern": "^a$"}"#, #""x\na""#, "at the top: must match the pattern ^a$"),
    .init(#"{"pattern": "^\\d+\\w\\s\\D$"}"#, #""12_\u000b٣""#),
    .init(#"{"pattern": "^\\d$"}"#, #""٣""#, #"at the top: must match the pattern ^\d$"#),
    .init(#"{"pattern": "^\\w$"}"#, #""é""#, #"at the top: must match the pattern ^\w$"#),
    .init(#"{"pattern": "^\\W$"}"#, #""é""#),
    .init(#"{"pattern": "^\\s$"}"#, #""\u00a0""#, #"at the top: must match the pattern ^\s$"#),
    .init(#"{"pattern": "^\\S$"}"#, #""\u00a0""#),
    .init(#"{"pattern": "^[\\w.+-]+@[\\d\\s.]+$"}"#, #""a.b+c-d@1. 2""#),
    .init(#"{"pattern": "^[-a\\]^]+$"}"#, #""-a]^""#),
    .init(#"{"pattern": "^[^\\n\\t,;]*$"}"#, #""ab c""#),
    .init(
      #"{"pattern": "^[^\\n\\t,;]*$"}"#, #""a\tb""#,
      #"at the top: must match the pattern ^[^\n\t,;]*$"#),
    .init(#"{"pattern": "^(a|bc|(?:de)+)?f{2,}$"}"#, #""dedefff""#),
    .init(#"{"pattern": "^[à-ü]+😀$"}"#, #""éàü😀""#),
    .init(#"{"pattern": "\\$\\{\\{.*\\}\\}"}"#, #""x${{ a }}y""#),
    .init(##"{"pattern": "^\\/\\#\\-\\*$"}"##, ##""/#-*""##),
    .init(#"{"pattern": "^[a&&b~^|]+$"}"#, #""a&b~^|""#),
    .init(#"{"pattern": "^.{3}$"}"#, #""é😀x""#),
  ]

  static let formats: [SchemaCase] = [
    .init(#"{"format": "date"}"#, #""2027-01-31""#), .init(#"{"format": "date"}"#, "5"),
    .init(#"{"format": "date"}"#, #""2024-02-29""#),
    .init(#"{"format": "date"}"#, #""2000-02-29""#),
    .init(#"{"format": "date"}"#, #""0000-02-29""#),
    .init(
      #"{"format": "date"}"#, #""2027-02-29""#, "at the top: must be a date such as 2027-01-31"),
    .init(
      #"{"format": "date"}"#, #""1900-02-29""#, "at the top: must be a date such as 2027-01-31"),
    .init(
      #"{"format": "date"}"#, #""2027-13-01""#, "at the top: must be a date such as 2027-01-31"),
    .init(
      #"{"format": "date"}"#, #""2027-00-01""#, "at the top: must be a date such as 2027-01-31"),
    .init(
      #"{"format": "date"}"#, #""2027-1-1""#, "at the top: must be a date such as 2027-01-31"),
    .init(
      #"{"format": "date"}"#, #""2027-01-31\n""#, "at the top: must be a date such as 2027-01-31"),
    .init(
      #"{"format": "date"}"#, #""２027-01-31""#, "at the top: must be a date such as 2027-01-31"),
    .init(#"{"format": "time"}"#, #""23:59:59.123456789z""#),
    .init(#"{"format": "time"}"#, #""00:00:00+23:59""#),
    .init(
      #"{"format": "time"}"#, #""24:00:00Z""#,
      "at the top: must be a time of day with its zone such as 09:00:00Z"),
    .init(
      #"{"format": "time"}"#, #""09:00:00""#,
      "at the top: must be a time of day with its zone such as 09:00:00Z"),
    .init(
      #"{"format": "time"}"#, #""09:00:60Z""#,
      "at the top: must be a time of day with its zone such as 09:00:00Z"),
    .init(
      #"{"format": "time"}"#, #""09:00:00.Z""#,
      "at the top: must be a time of day with its zone such as 09:00:00Z"),
    .init(
      #"{"format": "time"}"#, #""09:00:00+24:00""#,
      "at the top: must be a time of day with its zone such as 09:00:00Z"),
    .init(#"{"format": "date-time"}"#, #""2027-01-31T09:00:00Z""#),
    .init(#"{"format": "date-time"}"#, #""2027-01-31t09:00:00.5-01:30""#),
    .init(
      #"{"format": "date-time"}"#, #""2027-01-31 09:00:00Z""#,
      "at the top: must be a time such as 2027-01-31T09:00:00Z"),
    .init(
      #"{"format": "date-time"}"#, #""2027-01-31""#,
      "at the top: must be a time such as 2027-01-31T09:00:00Z"),
    .init(
      #"{"format": "date-time"}"#, #""2027-04-31T09:00:00Z""#,
      "at the top: must be a time such as 2027-01-31T09:00:00Z"),
    .init(#"{"format": "uuid"}"#, #""017F22e2-79b0-7cc3-98c4-dc0c0c07398f""#),
    .init(
      #"{"format": "uuid"}"#, #""017f22e279b07cc398c4dc0c0c07398f""#,
      "at the top: must be a UUID"),
    .init(
      #"{"format": "uuid"}"#, #""{17f22e2-79b0-7cc3-98c4-dc0c0c07398f""#,
      "at the top: must be a UUID"),
    .init(
      #"{"format": "uuid"}"#, #""@17f22e2-79b0-7cc3-98c4-dc0c0c07398f""#,
      "at the top: must be a UUID"),
  ]
}
