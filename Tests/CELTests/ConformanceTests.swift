import CEL
import Testing

struct ConformanceTests {
  /// Where the files differ from the suite: its `\?` in a value of text format is a plain `?`.
  private static let corrections: [String: CELValue] = [
    "bytes_literals/triple_double_quoted_unescaped_punctuation": .bytes(Array(" ? \" ' ` ".utf8))
  ]

  @Test func `every case of the conformance suite gives what it must`() throws {
    guard let folder = ConformanceCase.folder else {
      print("The conformance cases are not here; SWELL_CEL_CASES names their folder.")
      return
    }
    let cases = try ConformanceCase.read(folder)
    var passed = 0
    for item in cases {
      let corrected = Self.corrections["\(item.section)/\(item.name)"]
      switch (item.run(), corrected ?? item.expected) {
      case (.success(let value), let expected?):
        if ConformanceCase.isSame(value, expected) {
          passed += 1
        } else {
          Issue.record("\(item) gives \(value), not \(expected)")
        }
      case (.failure, nil): passed += 1
      case (.success(let value), nil): Issue.record("\(item) gives \(value), not an error")
      case (.failure(let error), _?): Issue.record("\(item) fails: \(error)")
      }
    }
    print("\(passed) of \(cases.count) conformance cases pass.")
    #expect(cases.count > 900)
  }
}
