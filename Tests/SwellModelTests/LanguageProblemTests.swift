import SwellModel
import Testing

/// Wrong uses of expressions, edges and control nodes, each found before anything runs.
@Suite struct LanguageProblemTests {
  @Test(
    arguments: [
      .node(
        "handler: h\ninput: {x: \"${{ input.a + }}\"}",
        "5:31 expression_syntax nodes.a.input.x"),
      .node("handler: h\ninput: ${{ inputs.a }}", "5:16 expression_unknown_variable nodes.a.input"),
      .node(
        "handler: h\ninput: ${{ size(1, 2) }}", "5:16 expression_argument_count nodes.a.input"),
      .node("handler: h\ninput: ${{ item }}", "5:16 expression_unknown_variable nodes.a.input"),
      .node("handler: h\ninput: ${{ $error }}", "5:16 expression_unknown_variable nodes.a.input"),
      .node("handler: h\ninput: ${{ nodes.b }}", "5:22 unknown_node nodes.a.input"),
      .node("handler: h\ninput: ${{ nodes.a }}", "5:22 self_read nodes.a.input"),
      .node(
        "handler: h\ninput: ${{ nodes[input.x] }}",
        "5:16 expression_dynamic_reference nodes.a.input"),
      .node(
        "handler: h\ninput: ${{ secrets[input.x] }}",
        "5:16 expression_dynamic_reference nodes.a.input"),
      .node("handler: h\nwhen: input.x", "5:11 not_expression nodes.a.when"),
      .node("handler: h\nwhen: ${{ 1 }}", "5:11 expression_type nodes.a.when"),
      .node("handler: h\nwhen: ${{ true }} or so", "5:11 not_expression nodes.a.when"),
      .node(
        "handler: h\nretry: {strategy: '${{ input }}'}",
        "5:23 invalid_value nodes.a.retry.strategy",
        "5:23 expression_not_allowed nodes.a.retry.strategy"),
      .node(
        "handler: h\ninput: {'${{ input }}': 1}",
        "5:13 expression_not_allowed nodes.a.input.${{ input }}"),
      .nodes(
        "a: {handler: h, input: \"${{ nodes.b }}\"}\nb: {handler: h, input: \"${{ nodes.a }}\"}",
        "3:37 cycle nodes.a.input"),
      .nodes(
        "a: {handler: h, fallback: f, needs: x}\nf: {handler: h, input: \"${{ nodes.y }}\"}\n"
          + "x: {handler: h}\ny: {handler: h, needs: a}",
        "4:37 cycle nodes.f.input"),
      .nodes(
        "a: {handler: h, fallback: f}\nf: {handler: h}\nb: {handler: h, input: \"${{ nodes.f }}\"}",
        "5:37 fallback_needed nodes.b.input"),
    ] as [DefinitionProblemCase])
  func `a wrong expression is reported where it is`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
    #expect(wrong.isRefusedByForm)
  }

  @Test(
    arguments: [
      .node("call: 5", "4:11 wrong_type nodes.a.call"),
      .node("call: Shipping", "4:11 invalid_name nodes.a.call"),
      .node("call: {version: 1}", "4:11 missing_key nodes.a.call.workflow"),
      .node("call: {workflow: b, version: 0}", "4:34 out_of_range nodes.a.call.version"),
      .node("call: {workflow: b, queue: A}", "4:32 invalid_name nodes.a.call.queue"),
      .node("call: {workflow: b, detach: 1}", "4:33 wrong_type nodes.a.call.detach"),
      .node("call: {workflow: b, wait: true}", "4:25 unknown_key nodes.a.call.wait"),
      .node("call: b\nhandler: h", "5:5 several_roles nodes.a.handler"),
      .node("call: b\nwith: {}", "5:5 control_with nodes.a.with"),
      .node("call: b\ncircuit: c", "5:5 control_key nodes.a.circuit"),
      .node(
        "call: b\ninput: {key: \"${{ secrets.KEY }}\"}", "5:31 secret_in_call nodes.a.input.key"),
      .node(
        "call: {workflow: b, detach: true}\nretry: none\ntimeout: 1s",
        "4:33 detached_key nodes.a.call.detach", "4:33 detached_key nodes.a.call.detach"),
      .node(
        "handler: h\nmap: {over: \"${{ [1] }}\", spread: 1}", "5:39 wrong_type nodes.a.map.spread"),
      .nodes(
        "a: {handler: h, fallback: f}\nf: {handler: h, map: {over: \"${{ [1] }}\", spread: true}}",
        "4:45 spread_not_allowed nodes.f.map.spread"),
    ] as [DefinitionProblemCase])
  func `a wrong child run is reported where it is`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
  }

  @Test func `a node with items that are runs needs no kind of its own at first`() throws {
    let workflow = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        a: {handler: h, map: {over: "${{ [1] }}", spread: true}}
        b: {call: {workflow: other, version: 2, queue: slow}, timeout: 2d, retry: none, optional: true}
        c: {handler: i}
      """
    ).workflow
    #expect(workflow.firstKinds == ["handler:i"])
    #expect(workflow.kinds == ["handler:h", "handler:i"])
    #expect(
      workflow.nodes[1].control == .call(.init(workflow: "other", version: 2, queue: "slow")))
  }

  @Test(
    arguments: [
      .node("branch: [{when: \"${{ true }}\"}]", "4:14 missing_key nodes.a.branch[0]"),
      .nodes(
        "a: {branch: [{otherwise: [b]}, {when: \"${{ true }}\", then: [b]}]}\nb: {handler: h}",
        "3:17 misplaced_otherwise nodes.a.branch[0].otherwise"),
      .nodes(
        "a: {branch: [{otherwise: [b]}], then: [b]}\nb: {handler: h}",
        "3:35 branch_edges nodes.a.then"),
      .nodes(
        "a: {branch: [{otherwise: [c]}]}\nb: {handler: h}",
        "3:29 unknown_node nodes.a.branch[0].otherwise[0]"),
      .nodes(
        "a: {handler: h, then: [b]}\nb: {handler: h, then: [a]}", "3:26 cycle nodes.a.then[0]"),
      .nodes(
        "a: {handler: h, otherwise: [b]}\nb: {handler: h}",
        "3:19 otherwise_without_question nodes.a.otherwise"),
      .nodes(
        "a: {wait: {signal: s}, otherwise: [b]}\nb: {handler: h}",
        "3:26 otherwise_without_question nodes.a.otherwise"),
      .nodes(
        "a: {handler: h, fallback: f}\nf: {handler: h, then: [x]}\nx: {handler: h}",
        "4:26 edge_from_fallback nodes.f.then[0]"),
      .nodes(
        "a: {handler: h, fallback: f}\nf: {handler: h, input: \"${{ nodes.a }}\"}",
        "4:37 reads_primary nodes.f.input"),
      .node("wait: {duration: 1h}\nmap: {over: \"${{ [1] }}\"}", "5:5 control_key nodes.a.map"),
      .node("wait: {}", "4:11 invalid_value nodes.a.wait"),
      .node("wait: {duration: 1h, signal: s}", "4:11 invalid_value nodes.a.wait"),
      .node("wait: {duration: 1 h}", "4:22 invalid_duration nodes.a.wait.duration"),
      .node(
        "wait: {duration: 1h, timeout: 1h}", "4:26 timeout_without_signal nodes.a.wait.timeout"),
      .node("wait: {until: tomorrow}", "4:19 invalid_timestamp nodes.a.wait.until"),
      .node("wait: {signal: No!}", "4:20 invalid_name nodes.a.wait.signal"),
      .node("wait: {duration: 1h}\nretry: none", "5:5 control_key nodes.a.retry"),
      .node("wait: {duration: 1h}\nwith: {}", "5:5 control_with nodes.a.with"),
      .node("approval: {}", "4:15 missing_key nodes.a.approval.title"),
      .node("approval: {title: ''}", "4:23 invalid_value nodes.a.approval.title"),
      .node("handler: h\nmap: {over: [1]}", "5:17 not_expression nodes.a.map.over"),
      .node("handler: h\nmap: {over: \"${{ 1 }}\"}", "5:18 expression_type nodes.a.map.over"),
      .node(
        "handler: h\nmap: {over: \"${{ [1] }}\", concurrency: 0, onItemFailure: stop}",
        "5:44 out_of_range nodes.a.map.concurrency",
        "5:62 invalid_value nodes.a.map.onItemFailure ~skip"),
      .node("handler: h\nloop: {}", "5:11 missing_key nodes.a.loop"),
      .node(
        "handler: h\nloop: {until: \"${{ true }}\"}\nmap: {over: \"${{ [1] }}\"}",
        "5:5 several_repetitions nodes.a.loop"),
      .node("transform: cel", "3:3 missing_key nodes.a.with.value"),
    ] as [DefinitionProblemCase])
  func `a wrong edge or control node is reported`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
    #expect(wrong.isRefusedByForm)
  }

  @Test func `what expressions read are edges behind those that were written`() throws {
    let workflow = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        a: {handler: h}
        b: {handler: h}
        c: {handler: h, needs: [b], when: "${{ has(nodes.a.x) }}", input: {x: "${{ nodes.b.y }}"}}
        d: {branch: [{when: "${{ nodes.c.z > 1 }}", then: [e]}, {otherwise: [f]}]}
        e: {handler: h}
        f: {handler: h}
      """
    ).workflow
    let byID = Dictionary(uniqueKeysWithValues: workflow.nodes.map { ($0.id, $0) })
    #expect(byID["c"]?.needs == [1, 0])
    #expect(byID["c"].map { Array($0.declaredNeeds) } == [1])
    #expect(byID["d"]?.needs == [2])
    #expect(byID["d"]?.controlTargets == [4, 5])
    let graph = WorkflowGraph(workflow)
    #expect(graph.roots == [0, 1])
    #expect(graph.gates[4] == [3])
    #expect(graph.leaves.map { workflow.nodes[$0].id } == ["e", "f"])
    #expect(workflow.kinds == ["handler:h"])
  }
}
