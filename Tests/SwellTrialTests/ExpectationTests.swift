import SwellModel
import Testing

@testable import SwellTrial

/// Every sort of expectation holds where it should, and fails where it should.
@Suite struct ExpectationTests {
  /// Has one of everything: `b` fails twice, `c` is a map, `d` a loop, `s` is skipped, `q` waits.
  static let nodes = """
    a: {handler: a, input: {x: "${{ input.x }}"}}
    b: {handler: b, needs: a, fallback: f}
    f: {handler: f}
    c: {handler: c, map: {over: "${{ [10, 20] }}"}}
    d: {handler: d, loop: {until: "${{ last == 2 }}"}}
    e: {source: exec, with: {command: [run, "${{ input.x }}"]}, optional: true}
    s: {handler: s, when: "${{ false }}"}
    q: {wait: {duration: 1h}, needs: [a]}
    """

  static let given = """
    input: {x: 7}
    nodes:
      a: {output: {y: [1, {z: 2}]}, takes: 2s}
      b: {error: {kind: process, code: exit_3, message: it broke down}}
      f: {output: stood in}
      c: {outputs: [1, 2]}
      d: {output: "${{ iteration }}"}
      e: {error: other}

    """

  @Test(
    arguments: [
      "state: succeeded", "took: 1h2s", "ran: [q, a, b, f, c, d, e]", "skipped: [s]", "waits: [q]",
      "waits: {q: 1h}", "output: {b: stood in, c: [1, 2], d: 2, q: null}",
      "nodes: {a: {state: succeeded, attempts: 1, wave: 0, took: 2s}}",
      "nodes: {a: {input: {x: 7.0}, output: {y: [1, {z: 2}]}}}",
      "nodes: {b: {state: failed, attempts: 4, took: 700ms, error: process}}",
      "nodes: {b: {error: {kind: process, code: exit_3, message: broke}}}",
      "nodes: {e: {state: failed, with: {command: [run, 7]}}}",
      "nodes: {c: {attempts: 2, items: [{output: 1}, {output: 2, state: succeeded}]}}",
      "nodes: {d: {iterations: [null, {output: 2}]}}", "nodes: {s: {state: skipped, attempts: 0}}",
      "that: \"${{ state == 'succeeded' && took > duration('1h') && error == null }}\"",
      "that: [\"${{ nodes.c.parts[1].output == 2 }}\", \"${{ input.x == 7 && output.d == 2 }}\"]",
      "that: \"${{ nodes.q.waited == duration('3600s') && nodes.a.wave == 0 }}\"",
    ])
  func `what is so holds`(expect: String) async throws {
    let verdict = try await TrialSuite.verdict(Self.nodes, Self.given + "expect: {\(expect)}")
    #expect(verdict.passed, "\(verdict)")
  }

  @Test(
    arguments: [
      ("state: failed", "state", "state: expected failed, was succeeded"),
      ("state: waiting", "state", "state: expected waiting, was succeeded"),
      ("took: 1h", "took", "took: expected 1h, was 1h2s"),
      ("ran: [a, b, s]", "ran", "what ran: not among them: s; not expected: c, d, e, f, q"),
      ("skipped: []", "skipped", "what was skipped: not expected: s"),
      ("waits: []", "waits", "what waited: not expected: q"),
      ("waits: {q: 2h}", "waits.q", "q: waited: expected 2h, was 1h"),
      ("waits: {a: 1h, q: 1h}", "waits.a", "a: waited: expected 1h, was not at all"),
      ("output: 1", "output", "output is not as expected"),
      ("error: other", "", "state: expected failed, was succeeded"),
      ("state: succeeded, error: {node: a}", "error.node", "failed node: expected a, was none"),
      ("state: succeeded, error: {code: x}", "error.code", "error: there was none"),
      (
        "nodes: {a: {state: failed}}", "nodes.a.state", "a: state: expected failed, was succeeded"
      ),
      ("nodes: {b: {attempts: 3}}", "nodes.b.attempts", "b: attempts: expected 3, was 4"),
      ("nodes: {a: {wave: 1}}", "nodes.a.wave", "a: wave: expected 1, was 0"),
      ("nodes: {s: {output: 1}}", "nodes.s.output", "s: output: expected 1, there was none"),
      ("nodes: {a: {took: 1s}}", "nodes.a.took", "a: took: expected 1s, was 2s"),
      ("nodes: {a: {input: {x: 8}}}", "nodes.a.input", "a: input is not as expected"),
      ("nodes: {a: {output: {y: []}}}", "nodes.a.output", "a: output is not as expected"),
      ("nodes: {e: {with: {command: [run]}}}", "nodes.e.with", "e: with is not as expected"),
      (
        "nodes: {b: {error: {kind: io}}}", "nodes.b.error.kind",
        "b: error kind: expected io, was process: it broke down"
      ),
      (
        "nodes: {b: {error: {code: exit_1}}}", "nodes.b.error.code",
        "b: error code: expected exit_1, was exit_3: it broke down"
      ),
      (
        "nodes: {b: {error: {message: fine}}}", "nodes.b.error.message",
        "b: error message: expected one with \"fine\", was \"it broke down\""
      ),
      ("nodes: {a: {error: io}}", "nodes.a.error", "a: error: there was none"),
      (
        "nodes: {c: {items: [{output: 1}]}}", "nodes.c.items",
        "c: items or iterations: expected 1, was 2"
      ),
      (
        "nodes: {c: {items: [{output: 2}, null]}}", "nodes.c.items[0].output",
        "c[0]: output is not as expected"
      ),
      ("that: \"${{ took < duration('1h') }}\"", "that", "${{ took < duration('1h') }} is false"),
      (
        "that: \"${{ output.nothing > 1 }}\"", "that",
        "${{ output.nothing > 1 }} cannot be evaluated: there is no field 'nothing' here"
      ),
    ] as [(String, String, String)])
  func `what is not so is told`(expect: String, path: String, message: String) async throws {
    let verdict = try await TrialSuite.verdict(Self.nodes, Self.given + "expect: {\(expect)}")
    #expect(!verdict.passed)
    let first = try #require(verdict.failures.first)
    #expect(first.path == "cases[0].expect" + (path.isEmpty ? "" : "." + path), "\(verdict)")
    #expect(first.message.hasPrefix(message), "\(verdict)")
    #expect(first.place.line == 22)
  }

  @Test func `a case that expects nothing expects success`() async throws {
    let good = try await TrialSuite.verdict("a: {handler: h}", "nodes: {a: {output: 1}}")
    #expect(good.passed)
    let bad = try await TrialSuite.verdict("a: {handler: h}", "nodes: {a: {error: validation}}")
    #expect(
      bad.failures.map(\.message) == [
        "state: expected succeeded, was failed: validation in a: validation"
      ])
    let expects = try await TrialSuite.verdict(
      "a: {handler: h}", "nodes: {a: {error: validation}}\nexpect: {error: {node: a}}")
    #expect(expects.passed)
  }

  @Test func `a run that waits says what for`() async throws {
    let nodes = "a: {approval: {title: x}}\nb: {wait: {signal: paid}}"
    let verdict = try await TrialSuite.verdict(nodes, "expect: {took: 0s}")
    #expect(
      verdict.failures.map(\.message) == [
        "state: expected succeeded, was waiting: 'a' waits for an answer, 'b' waits for the signal 'paid'; give it in 'answers' or 'signals'"
      ])
    let waiting = try await TrialSuite.verdict(nodes, "expect: {state: waiting, waits: [a, b]}")
    #expect(waiting.passed, "\(waiting)")
  }

  @Test func `differences are told by their place`() throws {
    func lines(_ expected: String, _ actual: String) throws -> [String] {
      JSONDifference(
        expected: try JSONValue.parse(Array(expected.utf8)),
        actual: try JSONValue.parse(Array(actual.utf8))
      ).lines
    }
    #expect(try lines(#"{"a":1,"b":[1.0,2]}"#, #"{"b":[1,2],"a":1.0}"#).isEmpty)
    #expect(
      try lines(#"{"a":{"b c":1},"d":[1,2]}"#, #"{"a":{"b c":"1"},"d":[1],"e":null}"#) == [
        #".a["b c"]: expected 1, was "1""#, ".d[1]: expected 2, is not there",
        ".e: null was not expected",
      ])
    #expect(try lines("1", "[1]") == ["expected 1, was [1]"])
    let many = "[" + (0..<40).map { "\($0)" }.joined(separator: ",") + "]"
    #expect(try lines("[]", many).count == 13)
    #expect(try lines("[]", many).last == "… and 28 more")
  }
}
