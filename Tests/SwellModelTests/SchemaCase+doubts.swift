/// Values of which cannot be told whether they fit.
extension SchemaCase {
  private static func nested(_ count: Int) -> String {
    String(repeating: "[", count: count) + String(repeating: "]", count: count)
  }

  /// A list in a list in a list, and one thing more that is said of them.
  private static func lists(_ rule: String) -> String {
    ##"{\##(rule), "$defs": {"list": {"items": {"$ref": "#/$defs/list"}}}}"##
  }

  private static let list = ##"{"$ref": "#/$defs/list"}"##
  private static let tooDeep =
    "at \(String(repeating: "/0", count: 49)): is nested too deep to be checked"

  /// Both look 99 levels deep and no further: in this schema each list takes two of them.
  private static let depths: [SchemaCase] = [
    .init(lists(#""not": \#(list)"#), nested(49), "at the top: must not fit the schema of not"),
    .init(lists(#""not": \#(list)"#), nested(50), tooDeep),
    .init(lists(#""not": {"not": \#(list)}"#), nested(60), tooDeep),
    .init(lists(#""anyOf": [\#(list), true]"#), nested(60), tooDeep),
    .init(lists(#""oneOf": [\#(list), true]"#), nested(60), tooDeep),
    .init(lists(#""oneOf": [true, \#(list)]"#), nested(60), tooDeep),
    .init(lists(#""allOf": [\#(list), true]"#), nested(60), tooDeep),
    .init(lists(#""if": \#(list), "then": false"#), nested(60), tooDeep),
    .init(lists(#""if": \#(list), "else": true"#), nested(60), tooDeep),
  ]

  /// Each level is looked at twice as often as the one around it.
  private static func doubling(_ keyword: String, _ rest: String = "") -> String {
    ##"{"properties": {"a": {"\##(keyword)": [{"$ref": "#"}, {"$ref": "#"}]}}\##(rest)}"##
  }

  private static func chain(_ count: Int) -> String {
    String(repeating: #"{"b": 1, "a": "#, count: count) + "{}"
      + String(repeating: "}", count: count)
  }

  private static let required = #", "required": ["c"]"#
  private static func tooLong(_ place: String, _ depth: Int = 1) -> String {
    "at \(String(repeating: place, count: depth)): takes too many steps to be checked by "
      + "this schema"
  }

  /// The place in which both give up shows that they count alike.
  private static let lengths: [SchemaCase] = [
    .init(doubling("anyOf"), chain(30)), .init(doubling("allOf"), chain(10)),
    .init(doubling("allOf"), chain(30), tooLong("/a", 30)),
    .init(doubling("oneOf"), chain(30), tooLong("/a", 30)),
    .init(doubling("anyOf", ##", "not": {"required": ["b"]}"##), chain(30), tooLong("/a", 30)),
    .init(
      ##"{"not": \##(doubling("allOf").replacing("#", with: "#/$defs/x")), "$defs": {"x": "##
        + doubling("allOf").replacing("#", with: "#/$defs/x") + "}}",
      chain(30), tooLong("/a", 29)),
    .init(
      #"{"items": {"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "integer"}]}}"#,
      "[\(String(repeating: "1,", count: 50_000))1]"),
    .init(
      #"{"items": {"anyOf": [\#(String(repeating: #"{"type": "string"},"#, count: 20))true]}}"#,
      "[\(String(repeating: "1,", count: 5_000))1]"),
    // A large value may take more, and not without end.
    .init(
      ##"{"items": {"$ref": "#/$defs/x"}, "$defs": {"x": "##
        + doubling("allOf").replacing("#", with: "#/$defs/x") + "}}",
      "[\(String(repeating: chain(30) + ",", count: 300))1]",
      tooLong("/a", 28).replacing("at /a", with: "at /0/a")),
  ]

  static let doubts = depths + lengths
}
