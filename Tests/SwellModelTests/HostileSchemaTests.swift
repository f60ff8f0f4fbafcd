import SwellModel
import Testing

/// Whatever stands in a schema or a pattern, reading it ends in a schema or in problems.
@Suite struct HostileSchemaTests {
  @Test func `random schemas never crash, and those that are read can be asked`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let fragments = [
      "type: ", "string", "[string, integer]", "properties: ", "{a: {type: number}}", "items: ",
      "{", "}", "[", "]", ", ", "$ref: ", "'#'", "'#/$defs/a'", "$defs: ", "{a: ", "enum: ",
      "[1, x]",
      "anyOf: ", "not: ", "if: ", "then: ", "pattern: ", "'^a+$'", "'('", "minimum: ", "1e300",
      "-0.5",
      "multipleOf: ", "additionalProperties: ", "false", "required: ", "[a]", "uniqueItems: true",
      "format: date", "const: ", "null", "~", "é",
    ]
    let values = ["null", "1.5", "\"a\"", "[1, 1]", "{\"a\": {\"a\": [{}]}}"].map {
      Payload(json: $0)
    }
    var read = 0
    for _ in 0..<20_000 {
      let text = String(decoding: random.garbage(of: fragments, upTo: 12), as: UTF8.self)
      do {
        let workflow = try WorkflowDefinition.parse(
          "workflow: w\ninput: {\(text)}\nnodes: {a: {handler: h}}"
        ).workflow
        read += 1
        for value in values { _ = try workflow.inputSchema?.problem(in: value) }
      } catch let error as DefinitionProblems {
        #expect(!error.problems.isEmpty, "seed \(seed)")
      }
    }
    #expect(read > 0, "seed \(seed)")
  }

  @Test func `random patterns never crash, and those that are read can be matched`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let fragments = [
      "a", "b", ".", "*", "+", "?", "{2}", "{1,3}", "{", "}", "(", "(?:", ")", "|", "[", "[^", "]",
      "-",
      "\\d", "\\", "\\s", "^", "$", "é", "\\-", "{255}", "[a-z]",
    ]
    var read = 0
    for _ in 0..<20_000 {
      let text = String(decoding: random.garbage(of: fragments, upTo: 12), as: UTF8.self)
      do {
        _ = try SchemaPattern(text).matches("ab-1 é")
        read += 1
      } catch {
        #expect(error.place >= 1 && error.place <= text.unicodeScalars.count + 1, "seed \(seed)")
      }
    }
    #expect(read > 1000, "seed \(seed)")
  }

  @Test func `a schema as deep as a definition may be is read and asked without harm`() throws {
    let open = String(repeating: "{\"items\": ", count: 90)
    let text =
      "{\"workflow\": \"w\", \"input\": \(open)true\(String(repeating: "}", count: 90)), "
      + "\"nodes\": {\"a\": {\"handler\": \"h\"}}}"
    let schema = try #require(try WorkflowDefinition.parse(text).workflow.inputSchema)
    for depth in [10, 89, 499] {
      let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(try schema.problem(in: Payload(json: value)) == nil)
    }
  }

  @Test func `ten thousand keys take as long as ten times a thousand`() throws {
    func time(keys: Int, rounds: Int) throws -> Duration {
      let properties = (0..<keys).map { "\"k\($0)\": {\"type\": \"integer\"}" }
        .joined(separator: ",")
      let schema = try JSONSchema(
        JSONValue.parse(
          Array("{\"properties\": {\(properties)}, \"additionalProperties\": false}".utf8)))
      let value = (0..<keys).map { "\"k\($0)\": \($0)" }.joined(separator: ",")
      let payload = Payload(json: "{\(value)}")
      let start = ContinuousClock.now
      for _ in 0..<rounds { #expect(try schema.problem(in: payload) == nil) }
      return ContinuousClock.now - start
    }
    // Looking through all keys for each would take ten times as long. Other work comes and goes.
    let ratios = try (0..<3).map { _ in
      let few = try time(keys: 1_000, rounds: 10)
      return try time(keys: 10_000, rounds: 1) / few
    }
    #expect(ratios.contains { $0 < 4 }, "\(ratios)")
  }
}
