import SwellModel
import SwellTrial
import Testing

/// Wrong cases files: every problem is found before anything runs, and told with its place.
@Suite struct CaseProblemTests {
  /// The text begins at line 9.
  static let workflow = """
    workflow:
      workflow: w
      nodes:
        order: {handler: h, circuit: api}
        each: {handler: h, map: {over: "${{ input }}"}}
        poll: {handler: h, loop: {until: "${{ last }}"}}
        review: {approval: {title: x}}
        paid: {wait: {signal: paid}}

    """

  private func found(_ text: String) -> [String] {
    do {
      _ = try TrialSuite.cases(text)
      return []
    } catch {
      return error.problems.map { problem in
        "\(problem.line):\(problem.column) \(problem.code)"
          + (problem.path.isEmpty ? "" : " " + problem.path)
          + (problem.suggestion.map { " ~" + $0 } ?? "")
      }
    }
  }

  @Test(
    arguments: [
      ("casez: []", ["1:1 missing_key cases", "9:1 unknown_key casez ~cases"]),
      ("cases: []", ["9:8 wrong_type cases"]), ("cases: [1]", ["9:9 wrong_type cases[0]"]),
      ("cases: [{nam: x}]", ["9:10 unknown_key cases[0].nam ~name"]),
      ("cases: [{name: x}, {name: x}]", ["9:20 duplicate_name cases[1].name"]),
      ("cases: [{name: 1}]", ["9:16 wrong_type cases[0].name"]),
      ("cases: [{input: \"${{ x }}\"}]", ["9:17 expression_not_allowed cases[0].input"]),
      (
        "cases: [{nodes: {ordr: {output: 1}}}]",
        ["9:18 unknown_node cases[0].nodes.ordr ~order"]
      ),
      ("nodes: {ordr: {output: 1}}\ncases: [{}]", ["9:9 unknown_node nodes.ordr ~order"]),
      ("cases: [{nodes: {order: 1}}]", ["9:25 wrong_type cases[0].nodes.order"]),
      ("cases: [{nodes: {order: {}}}]", ["9:25 invalid_value cases[0].nodes.order"]),
      (
        "cases: [{nodes: {order: {output: 1, error: io}}}]",
        ["9:37 invalid_value cases[0].nodes.order"]
      ),
      (
        "cases: [{nodes: {order: {outptu: 1, output: 1}}}]",
        ["9:26 unknown_key cases[0].nodes.order.outptu ~output"]
      ),
      (
        "cases: [{nodes: {order: {error: iox}}}]",
        ["9:33 invalid_value cases[0].nodes.order.error ~io"]
      ),
      (
        "cases: [{nodes: {order: {error: {message: x}}}}]",
        ["9:33 missing_key cases[0].nodes.order.error.kind"]
      ),
      (
        "cases: [{nodes: {order: {output: 1, takes: 5}}}]",
        ["9:44 invalid_duration cases[0].nodes.order.takes"]
      ),
      (
        "cases: [{nodes: {order: {attempts: [{output: 1}], takes: 5s}}}]",
        ["9:51 misplaced_takes cases[0].nodes.order.takes"]
      ),
      (
        "cases: [{nodes: {order: {attempts: []}}}]",
        ["9:36 wrong_type cases[0].nodes.order.attempts"]
      ),
      (
        "cases: [{nodes: {order: [[{output: 1}]]}}]",
        ["9:26 wrong_type cases[0].nodes.order[0]"]
      ),
      (
        "cases: [{nodes: {order: {outputs: [1]}}}]",
        ["9:26 misplaced_parts cases[0].nodes.order.outputs"]
      ),
      (
        "cases: [{nodes: {poll: {items: [{output: 1}]}}}]",
        ["9:25 misplaced_parts cases[0].nodes.poll.items"]
      ),
      (
        "cases: [{nodes: {each: {iterations: [{output: 1}]}}}]",
        ["9:25 misplaced_parts cases[0].nodes.each.iterations"]
      ),
      (
        "cases: [{nodes: {each: {items: [{items: []}]}}}]",
        ["9:34 misplaced_parts cases[0].nodes.each.items[0].items"]
      ),
      (
        "cases: [{nodes: {review: {output: 1}}}]",
        ["9:18 control_reply cases[0].nodes.review"]
      ),
      (
        "cases: [{nodes: {order: {output: \"${{ item }}\"}}}]",
        ["9:39 expression_unknown_variable cases[0].nodes.order.output"]
      ),
      (
        "cases: [{nodes: {each: {output: {x: \"a ${{ index + }}\"}}}}]",
        ["9:52 expression_syntax cases[0].nodes.each.output.x"]
      ),
      (
        "cases: [{answers: {revew: approved}}]",
        ["9:20 unknown_node cases[0].answers.revew ~review"]
      ),
      ("cases: [{answers: {order: approved}}]", ["9:20 not_approval cases[0].answers.order"]),
      (
        "cases: [{answers: {review: aproved}}]",
        ["9:28 invalid_value cases[0].answers.review ~approved"]
      ),
      (
        "cases: [{answers: {review: {}}}]",
        ["9:28 missing_key cases[0].answers.review.approved"]
      ),
      (
        "cases: [{answers: {review: {approved: true, after: 1s, at: 1s}}}]",
        ["9:56 several_times cases[0].answers.review.at"]
      ),
      (
        "cases: [{signals: [{name: payd}]}]",
        ["9:27 unknown_signal cases[0].signals[0].name ~paid"]
      ),
      ("cases: [{signals: {}}]", ["9:19 wrong_type cases[0].signals"]),
      ("cases: [{signals: [{}]}]", ["9:20 missing_key cases[0].signals[0].name"]),
      ("cases: [{cancel: {}}]", ["9:18 missing_key cases[0].cancel.at"]),
      ("cases: [{circuits: {apj: 5s}}]", ["9:21 unknown_circuit cases[0].circuits.apj ~api"]),
      ("cases: [{secrets: {A: abc}}]", ["9:23 invalid_value cases[0].secrets.A"]),
      ("cases: [{at: yesterday}]", ["9:14 invalid_timestamp cases[0].at"]),
      ("cases: [{seed: x}]", ["9:16 wrong_type cases[0].seed"]),
      ("cases: [{expect: {stat: x}}]", ["9:19 unknown_key cases[0].expect.stat ~state"]),
      (
        "cases: [{expect: {state: succeded}}]",
        ["9:26 invalid_value cases[0].expect.state ~succeeded"]
      ),
      (
        "cases: [{expect: {ran: [ordr]}}]", ["9:25 unknown_node cases[0].expect.ran[0] ~order"]
      ),
      ("cases: [{expect: {skipped: order}}]", ["9:28 wrong_type cases[0].expect.skipped"]),
      ("cases: [{expect: {took: 5}}]", ["9:25 invalid_duration cases[0].expect.took"]),
      (
        "cases: [{expect: {error: {nod: order}}}]",
        ["9:27 unknown_key cases[0].expect.error.nod ~node"]
      ),
      (
        "cases: [{expect: {nodes: {order: {atempts: 1}}}}]",
        ["9:35 unknown_key cases[0].expect.nodes.order.atempts ~attempts"]
      ),
      (
        "cases: [{expect: {nodes: {order: {attempts: -1}}}}]",
        ["9:45 out_of_range cases[0].expect.nodes.order.attempts"]
      ),
      (
        "cases: [{expect: {nodes: {order: {items: []}}}}]",
        ["9:35 misplaced_parts cases[0].expect.nodes.order.items"]
      ),
      ("cases: [{expect: {that: true}}]", ["9:25 not_expression cases[0].expect.that"]),
      (
        "cases: [{expect: {that: \"${{ 1 }}\"}}]",
        ["9:25 expression_type cases[0].expect.that"]
      ),
      (
        "cases: [{expect: {that: \"${{ nodes.ordr.attempts == 1 }}\"}}]",
        ["9:36 unknown_node cases[0].expect.that ~order"]
      ),
      (
        "cases: [{expect: {output: \"${{ x }}\"}}]",
        ["9:27 expression_not_allowed cases[0].expect.output"]
      ),
    ] as [(String, [String])])
  func `a problem is told where it is`(text: String, expected: [String]) {
    #expect(found(Self.workflow + text) == expected)
  }

  @Test func `all problems are told at once`() {
    #expect(
      found(
        Self.workflow + """
          cases:
            - name: a
              nodes: {ordr: {output: 1}}
            - name: b
              expect: {ran: [nobody], took: x}
          """) == [
          "11:13 unknown_node cases[0].nodes.ordr ~order",
          "13:20 unknown_node cases[1].expect.ran[0]",
          "13:35 invalid_duration cases[1].expect.took",
        ])
  }

  @Test(
    arguments: [
      ("cases: []", "1:1 missing_key workflow"), ("[]", "1:1 wrong_type workflow"),
      ("workflow: 1\ncases: [{}]", "1:11 wrong_type workflow"),
      ("workflow: gone.yaml\ncases: [{}]", "1:11 no_such_file workflow"),
      ("workflow: [w", "2:1 invalid_yaml"), ("", "1:1 empty"),
      (
        "workflow: {workflow: w, nodes: {a: {handlr: x}}}\ncases: [{}]", "1:33 missing_role nodes.a"
      ),
    ])
  func `a file without a workflow is told`(text: String, expected: String) {
    #expect(found(text).first == expected)
  }

  @Test func `a workflow beside the file is read, and its problems have its name`() throws {
    let good = try TrialSuite.parse(
      Array("workflow: sub/w.yaml\ncases: [{nodes: {a: {output: 1}}}]".utf8), file: "x.test.yaml"
    ) { name in
      ("here/\(name)", Array("workflow: w\nnodes: {a: {handler: h}}".utf8))
    }
    #expect(good.definition.name == "w" && good.cases.map(\.name) == ["case 1"])
    let problems = #expect(throws: DefinitionProblems.self) {
      try TrialSuite.parse(Array("workflow: w.yaml\ncases: [{}]".utf8), file: "x.test.yaml") {
        name in
        ("here/\(name)", Array("workflow: w\nnodes: {a: {handlr: h}}".utf8))
      }
    }
    #expect(problems?.file == "here/w.yaml")
  }
}
