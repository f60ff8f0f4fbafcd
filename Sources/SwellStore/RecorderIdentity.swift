public import SwellPostgres

/// Who calls: a worker, which of its recorders, and in which epoch.
public struct RecorderIdentity: Sendable, Hashable {
  public var worker: PostgresUUID
  public var recorder: Int32
  public var epoch: Int64

  public init(worker: PostgresUUID, recorder: Int32, epoch: Int64) {
    self.worker = worker
    self.recorder = recorder
    self.epoch = epoch
  }

  func append(to parameters: inout Parameters) {
    parameters.append(worker)
    parameters.append(recorder)
    parameters.append(epoch)
  }
}
