import SwellFuzz
import SwellModel
import SwellTesting
import Testing

/// PostgreSQL is the judge of what `PayloadScan` promises.
struct PayloadJudgementTests {
  /// Texts, each with what PostgreSQL makes of it.
  private struct Case {
    var text: [UInt8]
    var isAccepted: Bool
    /// The text written again, where nothing of it was rounded.
    var again: [UInt8]?
  }

  @Test func `what the scan accepts, jsonb stores, and what it refuses as no JSON, jsonb refuses`()
    async throws
  {
    let database = try await TestDatabase.make(migrated: false)
    try await database.query(
      """
      CREATE FUNCTION judge(p_text bytea, p_again bytea) RETURNS text LANGUAGE plpgsql AS $$
      DECLARE
        v_stored jsonb;
      BEGIN
        v_stored := convert_from(p_text, 'UTF8')::jsonb;
        IF p_again IS NOT NULL AND v_stored <> convert_from(p_again, 'UTF8')::jsonb THEN
          RETURN 'different';
        END IF;
        RETURN 'stored';
      EXCEPTION WHEN OTHERS THEN
        RETURN 'refused: ' || SQLERRM;
      END $$
      """)
    let seed = FuzzSeed.value
    let cases = try cases(seed: seed)
    let stored = cases.count(where: \.isAccepted)
    print("fuzz: jsonb judges \(cases.count) payloads, \(stored) accepted, seed \(seed)")
    #expect(stored > 500 && cases.count - stored > 500 && cases.count { $0.again != nil } > 200)
    for start in stride(from: 0, to: cases.count, by: 500) {
      let batch = cases[start..<min(start + 500, cases.count)]
      let rows = batch.map { "(\($0.text.literal), \($0.again?.literal ?? "NULL::bytea"))" }
      let verdicts = try await database.query(
        "SELECT judge(text, again) FROM (VALUES \(rows.joined(separator: ", "))) AS v(text, again)")
      try #require(verdicts.count == batch.count)
      for (one, verdict) in zip(batch, verdicts) {
        let verdict = verdict.first.flatMap { $0 } ?? "nothing"
        let isAsExpected = one.isAccepted ? verdict == "stored" : verdict.hasPrefix("refused")
        #expect(isAsExpected, "seed \(seed): \(one.text.literal) is \(verdict)")
      }
    }
  }

  private func cases(seed: UInt64) throws -> [Case] {
    var mutator = Mutator(seed: seed)
    var cases: [Case] = []
    for target in FuzzTargets.all
    where ["payload-scan", "json", "node-error"].contains(target.name) {
      let corpus = try FuzzCorpus.inputs(of: target).map { $0.1 }
      let words = try FuzzCorpus.words(of: target)
      var json = RandomJSON(seed: seed)
      let whole = (0..<500).map { _ in json.text() }
      // Most changes break a text; some of what is random stays JSON, and almost is none.
      let made = (0..<1000).map { number in
        mutator.mutate(number % 2 == 0 ? whole : corpus, words: words, maxBytes: 4096)
      }
      for text in corpus + whole + made { if let one = judged(text) { cases.append(one) } }
    }
    return cases
  }

  /// Nil for a text that only the limits refuse: PostgreSQL has others.
  private func judged(_ text: [UInt8]) -> Case? {
    do {
      try PayloadScan.check(text)
    } catch {
      return [.tooDeep, .numberRange, .tooLarge].contains(error.code)
        ? nil : Case(text: text, isAccepted: false)
    }
    guard let value = try? JSONValue.parse(text), value.isExact else {
      return Case(text: text, isAccepted: true)
    }
    return Case(text: text, isAccepted: true, again: value.payload.bytes)
  }
}

extension [UInt8] {
  /// The bytes as a literal of SQL.
  fileprivate var literal: String {
    let digits = map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return "'\\x\(digits.joined())'::bytea"
  }
}

extension JSONValue {
  /// Whether no number of it was rounded when it was read.
  fileprivate var isExact: Bool {
    switch self {
    case .double: false
    case .array(let elements): elements.allSatisfy(\.isExact)
    case .object(let members): members.allSatisfy(\.value.isExact)
    default: true
    }
  }
}
