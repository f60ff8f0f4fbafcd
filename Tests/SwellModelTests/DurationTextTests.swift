import SwellModel
import Testing

struct DurationTextTests {
  @Test(
    arguments: [
      ("250ms", .milliseconds(250)), ("10s", .seconds(10)), ("5m", .seconds(300)),
      ("1h30m", .seconds(5400)), ("2d", .seconds(172_800)), ("1w", .seconds(604_800)),
      ("1w2d3h4m5s6ms", .milliseconds(788_645_006)), ("3650d", .seconds(315_360_000)),
      ("90m", .seconds(5400)), ("007s", .seconds(7)),
    ] as [(String, Duration)])
  func `durations are read`(text: String, duration: Duration) throws {
    #expect(try DurationText.parse(text) == duration)
  }

  @Test(
    arguments: [
      "", "10", "s", "10 s", " 10s", "-1s", "1.5s", "PT10S", "0s", "0ms", "3651d", "1m1h", "1s1s",
      "1S", "1min", "99999999999999999999s", "9223372036854775807w", "1sé", "१s",
    ])
  func `anything else is refused`(text: String) {
    #expect(throws: DurationText.Problem.self) { try DurationText.parse(text) }
  }

  @Test func `random garbage never crashes`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let bytes = random.garbage(
        of: ["1", "0", "99", "s", "m", "h", "d", "w", "ms", " ", "-"], upTo: 10)
      let text = String(decoding: bytes, as: UTF8.self)
      if let duration = try? DurationText.parse(text) {
        #expect(duration > .zero && duration <= DurationText.longest, "seed \(seed): \(text)")
      }
    }
  }

  @Test(
    arguments: [
      ("1", 1), ("4096B", 4096), ("2KiB", 2048), ("1MiB", 1 << 20), ("1GiB", 1 << 30), ("0", nil),
      ("", nil), ("MiB", nil), ("1MB", nil), ("-1", nil), ("9999999999999GiB", nil),
      ("1\u{212A}iB", nil),
    ] as [(String, Int?)])
  func `sizes are read`(text: String, bytes: Int?) {
    #expect(ByteSizeText.parse(text) == bytes)
  }
}
