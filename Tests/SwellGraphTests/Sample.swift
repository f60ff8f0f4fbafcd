import SwellGraph
import SwellModel

/// Workflows that drawings are made of.
enum Sample {
  static func drawing(_ text: String, states: [String: String] = [:]) throws -> WorkflowDrawing {
    WorkflowDrawing(try WorkflowDefinition.parse(text).workflow, states: states)
  }

  /// Every sort of node and edge.
  static let orders = """
    workflow: order_fulfilment
    queue: orders
    deadline: 1h
    nodes:
      order: {source: exec, with: {command: [fetch]}, circuit: orders_api, fallback: cached_order}
      cached_order: {source: exec, with: {command: [cached]}}
      total:
        transform: cel
        with: {value: "${{ nodes.order.items.map(i, i.price * i.quantity).sum() }}"}
      size:
        branch:
          - {when: "${{ nodes.total > 1000 }}", then: [review]}
          - {otherwise: [charge]}
      review: {approval: {title: "Ship ${{ nodes.total }}?", timeout: 2d}, then: [charge]}
      charge: {handler: charge_card, input: {order: "${{ nodes.order }}", amount: "${{ nodes.total }}"}}
      ship:
        needs: [charge]
        map: {over: "${{ nodes.order.items }}", concurrency: 5}
        handler: ship_item
    onError: {sink: log}
    """

  /// What a person may write to get out of a text that it is put into.
  static let hostile = """
    workflow: hostile
    nodes:
      end: {handler: h, circuit: "c\\"]<script>alert('x')</script>&amp;\\u001b[2J"}
      graph:
        approval: {title: "\\"]; click n_end \\"javascript:alert(1)\\" \\u202e`x` ]]>"}
        then: [default]
      default: {handler: h, needs: [end]}
      br:
        branch:
          - {when: "${{ input.a == '<script>' && input.b == '|]#quot;' }}", then: [subgraph]}
      subgraph: {handler: h, loop: {until: "${{ true }}"}}
    """
}
