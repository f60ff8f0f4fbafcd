extension SchemaCase {
  static let arrays: [SchemaCase] = [
    .init(#"{"minItems": 1, "maxItems": 2}"#, "[1, 2]"), .init(#"{"minItems": 1}"#, "{}"),
    .init(#"{"minItems": 1}"#, "[]", "at the top: must have at least 1 elements, and has 0"),
    .init(#"{"maxItems": 1}"#, "[1, 2]", "at the top: must have at most 1 elements, and has 2"),
    .init(#"{"uniqueItems": true}"#, #"[1, "1", [1], {"a": 1}, null, true]"#),
    .init(#"{"uniqueItems": false}"#, "[1, 1]"),
    .init(#"{"uniqueItems": true}"#, "[1, 1.00]", "at the top: must not have equal elements"),
    .init(
      #"{"uniqueItems": true}"#, #"[{"a": 1, "b": 2}, {"b": 2, "a": 1e0}]"#,
      "at the top: must not have equal elements"),
    .init(#"{"uniqueItems": true}"#, #"["\u00e9", "e\u0301"]"#),
    .init(#"{"items": {"type": "integer"}}"#, "[1, 2, 3]"),
    .init(
      #"{"items": {"type": "integer"}}"#, #"[1, "a", 2]"#,
      "at /1: must be a whole number, and is a string"),
    .init(
      #"{"items": {"items": {"maximum": 1}}}"#, "[[], [0, 2]]", "at /1/1: must be at most 1"),
    .init(#"{"prefixItems": [{"type": "string"}, {"type": "number"}]}"#, #"["a"]"#),
    .init(#"{"prefixItems": [{"type": "string"}]}"#, #"["a", 1]"#),
    .init(
      #"{"prefixItems": [{"type": "string"}, {"type": "number"}]}"#, #"["a", "b"]"#,
      "at /1: must be a number, and is a string"),
    .init(
      #"{"prefixItems": [{}], "items": false}"#, "[1, 2]", "at /1: nothing may be here"),
    .init(
      #"{"prefixItems": [{}], "items": {"type": "string"}}"#, "[1, 2]",
      "at /1: must be a string, and is a number"),
  ]

  static let objects: [SchemaCase] = [
    .init(#"{"minProperties": 1, "maxProperties": 1}"#, #"{"a": 1}"#),
    .init(#"{"minProperties": 1}"#, "{}", "at the top: must have at least 1 keys, and has 0"),
    .init(
      #"{"maxProperties": 1}"#, #"{"a": 1, "b": 2}"#,
      "at the top: must have at most 1 keys, and has 2"),
    .init(#"{"required": ["a"]}"#, #"{"a": null}"#), .init(#"{"required": ["a"]}"#, "[]"),
    .init(#"{"required": ["z", "a"]}"#, "{}", "at the top: 'z' is missing"),
    .init(
      #"{"properties": {"a": {"required": ["b"]}}}"#, #"{"a": {}}"#, "at /a: 'b' is missing"),
    .init(#"{"dependentRequired": {"a": ["b"]}}"#, #"{"b": 1}"#),
    .init(
      #"{"dependentRequired": {"a": ["b", "c"]}}"#, #"{"a": 1, "b": 1}"#,
      "at the top: 'c' is missing, which goes with 'a'"),
    .init(
      #"{"properties": {"a/b~c": {"type": "string"}}}"#, #"{"a/b~c": 1}"#,
      "at /a~1b~0c: must be a string, and is a number"),
    .init(#"{"properties": {"a": {"type": "string"}}}"#, #"{"b": 1}"#),
    .init(
      #"{"properties": {"bb": {"maximum": 1}, "c": {"maximum": 1}}}"#, #"{"bb": 2, "c": 2}"#,
      "at /c: must be at most 1"),
    .init(#"{"properties": {"a": false}}"#, #"{"a": 1}"#, "at /a: nothing may be here"),
    .init(
      #"{"properties": {"a": {}, "b": {}}, "additionalProperties": false}"#, #"{"a": 1, "ab": 2}"#,
      "at the top: the key 'ab' is not known; there are 'a', 'b'"),
    .init(
      #"{"additionalProperties": false}"#, #"{"a": 1}"#,
      "at the top: the key 'a' is not known; there is none"),
    .init(
      #"{"properties": {"a": {}}, "additionalProperties": {"type": "string"}}"#,
      #"{"a": 1, "b": 2}"#, "at /b: must be a string, and is a number"),
    .init(#"{"properties": {"a": {}}, "additionalProperties": true}"#, #"{"b": 2}"#),
    .init(
      "{\"properties\": {\((10...32).map { "\"p\($0)\": {}" }.joined(separator: ","))},"
        + "\"additionalProperties\": false}", #"{"a": 1}"#,
      "at the top: the key 'a' is not known; there are "
        + (10...29).map { "'p\($0)'" }.joined(separator: ", ") + ", …"),
    .init(#"{"propertyNames": {"pattern": "^[a-z]+$"}}"#, #"{"a": 1, "bc": 2}"#),
    .init(
      #"{"propertyNames": {"pattern": "^[a-z]+$"}}"#, #"{"a": 1, "B": 2}"#,
      "at the top (its key 'B'): must match the pattern ^[a-z]+$"),
    .init(
      #"{"properties": {"x": {"propertyNames": {"maxLength": 1}}}}"#, #"{"x": {"ab": 1}}"#,
      "at /x (its key 'ab'): must have at most 1 characters, and has 2"),
    .init(#"{"properties": {"\u00e9": {"type": "null"}}}"#, #"{"e\u0301": 1}"#),
    .init(
      "{\"additionalProperties\": {\"type\": \"null\"}}",
      "{\"\(String(repeating: "k", count: 2000))\": 1}",
      "at /" + String(repeating: "k", count: 996) + "…"),
  ]

  static let alternatives: [SchemaCase] = [
    .init(#"{"allOf": [{"minimum": 1}, {"maximum": 3}]}"#, "2"),
    .init(#"{"allOf": [{"minimum": 1}, {"maximum": 3}]}"#, "4", "at the top: must be at most 3"),
    .init(#"{"anyOf": [{"type": "string"}, {"minimum": 1}]}"#, "1"),
    .init(
      #"{"anyOf": [{"type": "string"}, {"minimum": 1}]}"#, "0",
      "at the top: fits none of the 2 schemas of anyOf; the first says: "
        + "at the top: must be a string, and is a number"),
    .init(
      #"{"properties": {"a": {"anyOf": [{"properties": {"b": {"type": "null"}}}]}}}"#,
      #"{"a": {"b": 1}}"#,
      "at /a: fits none of the 1 schemas of anyOf; the first says: "
        + "at /a/b: must be null, and is a number"),
    .init(#"{"oneOf": [{"type": "string"}, {"minimum": 1}]}"#, "1"),
    .init(
      #"{"oneOf": [{"type": "number"}, {"type": "string"}, {"minimum": 1}]}"#, "1",
      "at the top: fits more than one schema of oneOf: number 1 and number 3"),
    .init(
      #"{"oneOf": [{"type": "string"}, {"type": "null"}]}"#, "1",
      "at the top: fits none of the 2 schemas of oneOf; the first says: "
        + "at the top: must be a string, and is a number"),
    .init(#"{"not": {"type": "string"}}"#, "1"),
    .init(#"{"not": {"type": "string"}}"#, #""a""#, "at the top: must not fit the schema of not"),
    .init(
      #"{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}"#,
      #"{"a": 1}"#, "at the top: 'b' is missing"),
    .init(
      #"{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}"#,
      #"{"b": 1}"#, "at the top: 'c' is missing"),
    .init(#"{"if": {"required": ["a"]}, "then": {"required": ["b"]}}"#, "{}"),
    .init(#"{"if": {"required": ["a"]}}"#, #"{"a": 1}"#),
    .init(
      ##"{"items": {"$ref": "#/$defs/a.b-c"}, "$defs": {"a.b-c": {"type": "string"}}}"##,
      #"["a", 1]"#, "at /1: must be a string, and is a number"),
    .init(
      ##"{"$ref": "#/$defs/a", "maximum": 2, "$defs": {"a": {"minimum": 1}}}"##, "3",
      "at the top: must be at most 2"),
    .init(
      ##"{"$ref": "#/$defs/a", "maximum": 2, "$defs": {"a": {"minimum": 1}}}"##, "0",
      "at the top: must be at least 1"),
    .init(
      ##"{"type": "object", "properties": {"next": {"$ref": "#"}}}"##,
      #"{"next": {"next": {"next": 1}}}"#,
      "at /next/next/next: must be an object, and is a number"),
    .init(
      ##"{"items": {"$ref": "#"}}"##,
      String(repeating: "[", count: 50) + String(repeating: "]", count: 50)),
    .init(
      ##"{"items": {"$ref": "#"}}"##,
      String(repeating: "[", count: 52) + String(repeating: "]", count: 52),
      "at \(String(repeating: "/0", count: 50)): is nested too deep to be checked"),
    .init(
      ##"""
      {"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "required": ["value"],
       "properties": {"value": {"type": "integer"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}}}
      """##, #"{"value": 1, "children": [{"value": 2}, {"value": 3, "children": [{}]}]}"#,
      "at /children/1/children/0: 'value' is missing"),
  ]
}
