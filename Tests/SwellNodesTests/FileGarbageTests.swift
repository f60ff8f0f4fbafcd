import SwellModel
import Testing

@testable import SwellNodes

/// Any bytes are read or refused, and what was written is read back.
@Suite struct FileGarbageTests {
  @Test func `random bytes never crash, and what is read is JSON`() {
    var random = SystemRandomNumberGenerator()
    let fragments: [[UInt8]] =
      [
        "a", ",", "\"", "\"\"", "\n", "\r\n", "\r", ";", "{\"a\": 1}", "[", "]", "é", " ", "1",
      ].map { Array($0.utf8) } + [[0xFF], [0], [0xEF, 0xBB, 0xBF], [0xC3]]
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &random))
        .flatMap { _ in fragments.randomElement(using: &random) ?? [] }
      for format in FileFormat.allCases {
        for hasHeader in [true, false] {
          let table = TableLayout(hasHeader: hasHeader)
          guard let output = try? FileReading.output(of: bytes, format, table) else { continue }
          #expect(throws: Never.self, "\(format): \(bytes)") { try PayloadScan.check(output) }
        }
      }
    }
  }

  @Test func `a table is read back as it was written`() throws {
    var random = SystemRandomNumberGenerator()
    let texts = ["", "a", ",", "\"", "\n", "\r\n", "a,b", " x ", "é", "\r", ";"]
    for _ in 0..<500 {
      let columns = ["x", "y,\"z", "é\n"].prefix(Int.random(in: 1...3, using: &random))
      let rows = JSONValue.array(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
          .object(
            columns.map {
              .init($0, .string(texts.randomElement(using: &random) ?? ""))
            })
        })
      let table = TableLayout(
        hasHeader: true, delimiter: [0x2C, 0x3B].randomElement(using: &random) ?? 0x2C,
        columns: Array(columns))
      let bytes = try FileWriting.bytes(of: rows.payload, .csv, table)
      let read = try FileReading.output(of: bytes, .csv, table)
      #expect(read == rows.payload, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}
