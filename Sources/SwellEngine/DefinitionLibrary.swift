import SwellCore
import SwellModel
import SwellPostgres
import SwellStore
import Synchronization

/// The workflow versions that this worker has met, compiled once.
final class DefinitionLibrary: Sendable {
  private let compiled = Mutex<[WorkflowKey: CompiledWorkflow]>([:])

  func known(_ key: WorkflowKey) -> CompiledWorkflow? {
    compiled.withLock { $0[key] }
  }

  /// Forgets all versions: another server, or one that was restored, may have others under the same numbers.
  func forget() {
    compiled.withLock { $0 = [:] }
  }

  /// Of `workflow/node`, the workflow of one item of that node.
  private func compile(_ workflow: Workflow, _ key: WorkflowKey) throws(NodeError)
    -> CompiledWorkflow
  {
    guard let slash = key.name.firstIndex(of: "/") else {
      return CompiledWorkflow(workflow, version: key.version)
    }
    let id = key.name[key.name.index(after: slash)...]
    guard let index = workflow.nodes.firstIndex(where: { $0.id == id }) else {
      throw NodeError(
        .definition, "workflow \(workflow.name) has no node '\(id)'", code: "unknown_node")
    }
    return CompiledWorkflow(workflow.part(of: index), version: key.version, isPart: true)
  }

  /// Fetches and compiles a version. A stored definition that this version of Swell cannot
  /// read gives an error of kind `definition`.
  func load(
    _ key: WorkflowKey, over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> Result<CompiledWorkflow, NodeError> {
    if let known = known(key) { return .success(known) }
    let call = DefinitionCall.call(key)
    let rows = try await connection.query(call.statement, call.parameters, within: limit)
    guard let json = try DefinitionCall.decode(rows) else {
      return .failure(
        NodeError(
          .definition, "workflow \(key.name) has no version \(key.version)",
          code: "unknown_version"))
    }
    do {
      let definition = try WorkflowDefinition(stored: json)
      let workflow = try compile(definition.workflow, key)
      compiled.withLock { $0[key] = workflow }
      return .success(workflow)
    } catch {
      return .failure(
        NodeError(
          .definition,
          "version \(key.version) of workflow \(key.name) cannot be read by this worker: \(error)",
          code: "unreadable_definition"))
    }
  }
}
