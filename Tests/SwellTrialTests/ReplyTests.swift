import SwellModel
import SwellTrial
import Testing

/// What a cases file says of nodes is what they do.
@Suite struct ReplyTests {
  @Test func `outputs may be computed from what the attempt was given`() async throws {
    let verdict = try await TrialSuite.verdict(
      """
      a: {handler: h, input: {n: "${{ input.n + 1 }}"}}
      e: {source: exec, with: {command: [run, "${{ input.n }}"]}}
      m: {handler: h, map: {over: "${{ ['x', 'y'] }}"}}
      l: {handler: h, loop: {until: "${{ last > 2 }}"}}
      """,
      """
      input: {n: 1}
      nodes:
        a: {output: {sum: "${{ node.input.n + input.n }}", text: "${{ node.id }} ${{ node.attempt }}"}}
        e: {output: "${{ node.with.command[1] }}"}
        m: {output: "${{ item }}${{ index }}"}
        l: {output: "${{ iteration }}"}
      expect:
        output: {a: {sum: 3, text: a 1}, e: 1, m: [x0, y1], l: 3}
      """)
    #expect(verdict.passed, "\(verdict)")
  }

  @Test func `items and iterations have replies of their own, with attempts`() async throws {
    let verdict = try await TrialSuite.verdict(
      """
      m: {handler: h, map: {over: "${{ [1, 2, 3] }}", onItemFailure: skip}}
      l: {handler: h, loop: {until: "${{ last == 'done' }}", delay: 1m}}
      """,
      """
      nodes:
        m: {items: [{output: a}, [{error: io}, {output: b, takes: 1s}], {error: other}]}
        l: {iterations: [{output: busy}, {attempts: [{error: io}, {output: done}]}]}
      expect:
        output: {m: [a, b], l: done}
        nodes: {m: {attempts: 4, took: 1100ms}, l: {attempts: 3, took: 60100ms}}
      """)
    #expect(verdict.passed, "\(verdict)")
  }

  @Test(
    arguments: [
      (
        "a: {handler: h}", "nodes: {}", "7:5 missing_output cases[0].nodes",
        "'a' (handler:h) was to be executed, and nothing says what it gives; add a: {output: …}"
      ),
      (
        "a: {handler: h}", "input: 1", "6:5 missing_output cases[0]",
        "'a' (handler:h) was to be executed"
      ),
      (
        "a: {source: exec, with: {command: [x]}, map: {over: \"${{ [1] }}\"}}", "nodes: {}",
        "7:5 missing_output cases[0].nodes", "item 0 of 'a' (source exec) was to be executed"
      ),
      (
        "a: {handler: h}", "nodes: {a: [{error: io}]}", "7:13 missing_output cases[0].nodes.a",
        "'a' came to attempt 2, and cases[0].nodes.a has 1"
      ),
      (
        "a: {handler: h, map: {over: \"${{ [1, 2] }}\"}}", "nodes: {a: {outputs: [1]}}",
        "7:13 missing_output cases[0].nodes.a.outputs", "item 1 of 'a' was to be executed"
      ),
      (
        "a: {handler: h, loop: {until: \"${{ false }}\"}}", "nodes: {a: {outputs: [1]}}",
        "7:13 missing_output cases[0].nodes.a.outputs", "iteration 2 of 'a' was to be executed"
      ),
      (
        "a: {handler: h}", "nodes: {a: {output: \"${{ input.gone }}\"}}",
        "7:13 expression_no_such_key cases[0].nodes.a.output",
        "cases[0].nodes.a.output: there is no field 'gone' here"
      ),
      (
        "a: {sink: log, with: {message: \"${{ secrets.KEY }}\"}}", "input: 1",
        "6:5 missing_secret cases[0]", "the workflow reads the secret 'KEY'"
      ),
    ] as [(String, String, String, String)])
  func `a case that lacks something is told, and what to add`(
    nodes: String, members: String, place: String, message: String
  ) async throws {
    let verdict = try await TrialSuite.verdict(nodes, members)
    let problem = try #require(verdict.problem)
    #expect(!verdict.passed && verdict.result == nil)
    #expect("\(problem.line):\(problem.column) \(problem.code) \(problem.path)" == place)
    #expect(problem.message.hasPrefix(message), "\(problem)")
  }

  @Test func `what a file says for all cases holds, unless one says otherwise`() async throws {
    let suite = try TrialSuite.cases(
      """
      workflow: {workflow: w, nodes: {a: {handler: h}, b: {handler: h, needs: a}}}
      nodes: {a: {output: 1}, b: {output: 2}}
      at: 2027-01-31T09:00:00Z
      secrets: {KEY: abcd}
      cases:
        - {name: shared, expect: {output: 2}}
        - {name: own, nodes: {b: {output: 3}}, secrets: {OTHER: efgh}, expect: {output: 3}}
      """)
    for test in suite.cases {
      let verdict = await test.run()
      #expect(verdict.passed, "\(verdict)")
      #expect(test.trial.startMicroseconds == 1_801_386_000_000_000)
    }
    #expect(suite.cases[1].trial.secrets == ["KEY": "abcd", "OTHER": "efgh"])
  }

  @Test func `errors have what was written`() async throws {
    let verdict = try await TrialSuite.verdict(
      "a: {handler: h}",
      """
      nodes:
        a:
          - error: {kind: rateLimited, message: slow down, code: http_429, retryAfter: 1m, metadata: {host: x}}
          - output: 1
      expect:
        took: 1m
        nodes: {a: {attempts: 2}}
      """)
    #expect(verdict.passed, "\(verdict)")
    let event = verdict.result?.events.first
    #expect(event?.detail == "rateLimited (http_429): slow down")
    #expect(event?.due == .seconds(60))
  }
}
