import SwellModel
import Testing

/// What fits a schema, and what a schema may say.
@Suite struct JSONSchemaTests {
  @Test(arguments: SchemaCase.all)
  func `a value fits as the table says`(_ example: SchemaCase) throws {
    let schema = try JSONSchema(JSONValue.parse(Array(example.schema.utf8)))
    #expect(try schema.problem(in: Payload(json: example.value)) == example.problem)
  }

  /// The schema is the `input` of a workflow and stands in line 2, from column 8 on.
  private static func schema(_ text: String, _ expected: String...) -> DefinitionProblemCase {
    var wrong = DefinitionProblemCase("workflow: w\ninput: \(text)\nnodes: {a: {handler: h}}")
    wrong.expected = expected
    return wrong
  }

  @Test(
    arguments: [
      schema("5", "2:8 wrong_type input"), schema("", "2:7 wrong_type input"),
      schema("{typ: string}", "2:9 schema_keyword input.typ ~type"),
      schema("{type: strin}", "2:15 invalid_value input.type ~string"),
      schema("{type: []}", "2:15 invalid_value input.type"),
      schema("{type: [string, string]}", "2:15 invalid_value input.type"),
      schema("{type: {}}", "2:15 invalid_value input.type"),
      schema("{patternProperties: {}}", "2:9 schema_keyword input.patternProperties"),
      schema("{$id: x}", "2:9 schema_keyword input.$id"),
      schema("{items: {$defs: {}}}", "2:17 schema_keyword input.items.$defs"),
      schema(
        "{$schema: http://json-schema.org/draft-07/schema#}", "2:18 invalid_value input.$schema"),
      schema("{enum: []}", "2:15 wrong_type input.enum"),
      schema("{enum: a}", "2:15 wrong_type input.enum"),
      schema(
        "{minimum: '1', maximum: true}", "2:18 wrong_type input.minimum",
        "2:32 wrong_type input.maximum"),
      schema("{multipleOf: 0}", "2:21 out_of_range input.multipleOf"),
      schema("{multipleOf: -1}", "2:21 out_of_range input.multipleOf"),
      schema("{multipleOf: 123456789012345678}", "2:21 out_of_range input.multipleOf"),
      schema(
        "{minLength: -1, maxLength: 1.5, minItems: a}",
        "2:20 out_of_range input.minLength", "2:35 out_of_range input.maxLength",
        "2:50 out_of_range input.minItems"),
      schema("{uniqueItems: 1}", "2:22 wrong_type input.uniqueItems"),
      schema(
        "{prefixItems: [], items: []}", "2:22 wrong_type input.prefixItems",
        "2:33 wrong_type input.items"),
      schema("{required: a}", "2:19 wrong_type input.required"),
      schema("{required: [a, a]}", "2:19 wrong_type input.required"),
      schema("{dependentRequired: {a: b}}", "2:32 wrong_type input.dependentRequired.a"),
      schema(
        "{properties: {a: {typ: string}, b: 1}}",
        "2:26 schema_keyword input.properties.a.typ ~type", "2:43 wrong_type input.properties.b"),
      schema("{properties: []}", "2:21 wrong_type input.properties"),
      schema("{additionalProperties: 1}", "2:31 wrong_type input.additionalProperties"),
      schema("{allOf: {}}", "2:16 wrong_type input.allOf"),
      schema("{anyOf: [{oneOf: []}]}", "2:25 wrong_type input.anyOf[0].oneOf"),
      schema("{then: {}, if: {}, else: 1}", "2:33 wrong_type input.else"),
      schema("{then: {}}", "2:9 schema_keyword input.then"),
      schema("{format: email}", "2:17 schema_format input.format"),
      schema("{format: dat}", "2:17 schema_format input.format ~date"),
      schema("{pattern: '('}", "2:18 schema_pattern input.pattern"),
      schema("{$ref: '#/$defs/b', $defs: {a: {}}}", "2:15 schema_reference input.$ref ~#/$defs/a"),
      schema("{$ref: 'other.json'}", "2:15 schema_reference input.$ref"),
      schema("{$ref: 1}", "2:15 wrong_type input.$ref"),
      schema("{$defs: {a/b: {}}}", "2:17 invalid_name input.$defs.a/b"),
      schema("{$ref: '#'}", "2:8 schema_cycle input"),
      schema(
        "{$ref: '#/$defs/a', $defs: {a: {anyOf: [{}, {$ref: '#/$defs/b'}]}, b: {not: {$ref: '#/$defs/a'}}}}",
        "2:39 schema_cycle input"),
      schema("{description: 'see ${{ input }}'}", "2:22 expression_not_allowed input.description"),
    ])
  func `a schema says nothing that is not checked`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
  }

  @Test func `a workflow has the schemas of its input and of its output`() throws {
    let text = """
      workflow: w
      input:
        $schema: https://json-schema.org/draft/2020-12/schema
        type: object
        properties: {n: {$ref: "#/$defs/count"}}
        $defs: {count: {type: integer, minimum: 1.0}}
      output: false
      nodes: {a: {handler: h}}
      """
    let definition = try WorkflowDefinition.parse(text)
    let input = try #require(definition.workflow.inputSchema)
    #expect(try input.problem(in: Payload(json: #"{"n": 1}"#)) == nil)
    #expect(try input.problem(in: Payload(json: #"{"n": 0}"#)) == "at /n: must be at least 1")
    #expect(
      try definition.workflow.outputSchema?.problem(in: Payload.null)
        == "at the top: nothing may be here")
    #expect(try WorkflowDefinition(stored: definition.json) == definition)
  }

  @Test(arguments: [
    #"(?i)a"#, #"(?=a)"#, #"(?!a)"#, #"(?<n>a)"#, #"a*?"#, #"a+?"#, #"a**"#, #"a{2}{3}"#, #"*a"#,
    #"a|*b"#, #"(+)"#, #"\b"#, #"\y"#, #"\1"#, #"\pL"#, #"\x41"#, #"\u0041"#, #"\Z"#, #"\_"#,
    #"[a"#, #"[]"#, #"[[:alpha:]]"#, #"[b-a]"#, #"[a-\d]"#, #"[a-b-c]"#, #"[\D]"#, #"[\b]"#, #"(a"#,
    #"a)"#, #"a{256}"#, #"a{2,1}"#, #"a{,2}"#, #"a{"#, #"a}"#, #"a]"#, #"^*"#, #"a|"#, #"()"#,
    #"(|a)"#,
    #"\"#, #"[\"#, "((a{200}){200}){200}", String(repeating: "(", count: 30),
    "a{200}b{200}c{200}d{200}e{200}f{200}",
  ])
  func `a pattern that not both sides understand alike is refused`(pattern: String) {
    #expect(throws: SchemaPattern.Problem.self) { try SchemaPattern(pattern) }
  }

  @Test func `a pattern that takes ages is given up, though it would match in the end`() throws {
    let schema = try JSONSchema(
      JSONValue.parse(Array(#"{"pattern": "(a?){200}(a?){200}b"}"#.utf8)))
    func problem(letters: Int) throws -> String? {
      try schema.problem(in: Payload(json: "\"\(String(repeating: "a", count: letters))b\""))
    }
    #expect(try problem(letters: 1_000) == nil)
    #expect(try problem(letters: 50_000)?.contains("pattern") == true)
  }

  @Test(arguments: [
    ("1", "1"), ("-0.0", "0"), ("1e2", "100"), ("1.50", "1.5"), ("-12.340e-2", "-0.1234"),
    ("0.001", "0.001"), ("123.456e1", "1234.56"), ("10E+1", "100"), ("0e9", "0"),
    ("12345678901234567890.12345678901234567890", "12345678901234567890.1234567890123456789"),
  ])
  func `a number is written as PostgreSQL writes it, less trailing zeros`(
    text: String, written: String
  ) throws {
    #expect(try ExactValue(Payload(json: text)).canonical.text == written)
  }
}
