import CLibpq
import Synchronization

extension Session {
  func send(_ request: Request) {
    guard let handle else { return }
    request.wasSent = true
    let isSent: Bool
    switch request.work {
    case .calls(let calls):
      reactor.count(calls: calls.count)
      isSent = send(calls, of: request, handle)
    case .parse(let text, let types):
      reactor.count(calls: 1)
      request.steps = [.parse, .call(0)]
      isSent =
        PQsendPrepare(handle, "", text, Int32(types.count), types) == 1
        && PQsendDescribePrepared(handle, "") == 1 && PQpipelineSync(handle) == 1
    case .executions(let executions):
      reactor.count(calls: executions.parameters.count)
      isSent = send(executions, of: request, handle)
    case .script(let text):
      reactor.count(calls: 1)
      isSent = PQexitPipelineMode(handle) == 1 && PQsendQuery(handle, text) == 1
    }
    guard isSent else { return lose() }
    streamRows(of: request, handle)
    flush()
  }

  /// Lets the rows of an execution come one by one, so that no more are kept than are asked for. Before
  /// libpq looks at any of them.
  private func streamRows(of request: Request, _ handle: OpaquePointer) {
    guard request.limit != nil, request.position < request.steps.count,
      case .call = request.steps[request.position]
    else { return }
    PQsetSingleRowMode(handle)
  }

  /// Takes what libpq has complete.
  func collect() {
    while let request = current, let handle, PQisBusy(handle) == 0 {
      guard let result = PQgetResult(handle) else {
        if request.isScript {
          PQenterPipelineMode(handle)
          finish(request)
        } else {
          // Each command of a pipeline ends with nil, the pipeline itself with a sync, before
          // which an error of the commit ends with nil as well.
          request.position += 1
          if request.position > request.steps.count + 1 { return lose() }
          streamRows(of: request, handle)
        }
        continue
      }
      take(ResultBox(result), for: request)
    }
  }

  private func send(_ calls: [Call], of request: Request, _ handle: OpaquePointer) -> Bool {
    if configuration.isPooled, !request.isInside {
      request.steps.append(.control)
      guard sendText("BEGIN ISOLATION LEVEL READ COMMITTED", handle) else { return false }
    }
    var preparing: [Statement: String] = [:]
    for (index, call) in calls.enumerated() {
      var name = prepared[call.statement] ?? preparing[call.statement]
      if name == nil, let fresh = freshName(for: call.statement) {
        takenNames.insert(fresh)
        preparing[call.statement] = fresh
        name = fresh
        request.steps.append(.prepare(call.statement, as: fresh))
        guard PQsendPrepare(handle, fresh, call.statement.sql, 0, nil) == 1 else { return false }
      }
      request.steps.append(.call(index))
      let status = call.parameters.withPointers { count, values, lengths, formats in
        if let name {
          PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
        } else {
          PQsendQueryParams(
            handle, call.statement.sql, count, nil, values, lengths, formats, 1)
        }
      }
      guard status == 1 else { return false }
    }
    if configuration.isPooled, !request.isInside {
      request.steps.append(.control)
      guard sendText("COMMIT", handle) else { return false }
    }
    return PQpipelineSync(handle) == 1
  }

  private func send(
    _ executions: Request.Executions, of request: Request, _ handle: OpaquePointer
  ) -> Bool {
    if let (text, types) = executions.text {
      request.steps.append(.parse)
      guard PQsendPrepare(handle, "", text, Int32(types.count), types) == 1 else { return false }
    }
    for (index, parameters) in executions.parameters.enumerated() {
      request.steps.append(.call(index))
      let status = parameters.withPointers { count, values, lengths, formats in
        PQsendQueryPrepared(handle, "", count, values, lengths, formats, 0)
      }
      guard status == 1 else { return false }
    }
    return PQpipelineSync(handle) == 1
  }

  private func sendText(_ sql: String, _ handle: OpaquePointer) -> Bool {
    PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1
  }

  /// nil for a statement to be parsed each time: it has no name, another one of this session
  /// has it, or a pooler would lead the next execution to another server session.
  private func freshName(for statement: Statement) -> String? {
    guard !configuration.isPooled, !statement.name.isEmpty else { return nil }
    let name = preparations == 0 ? statement.name : "\(statement.name)#\(preparations)"
    return takenNames.contains(name) ? nil : name
  }

  private func take(_ box: ResultBox, for request: Request) {
    switch box.status {
    case PGRES_SINGLE_TUPLE:
      gather(box, for: request)
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      accept(box, for: request)
    case PGRES_PIPELINE_SYNC:
      endPipeline(request)
    case PGRES_PIPELINE_ABORTED:
      forgetPreparation(of: request)
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      request.fail(PostgresError(code: .server, "COPY is not supported", sqlState: "0A000"))
      abandon(PostgresError(code: .closed, "COPY is not supported"))
    default:
      reject(box, for: request)
    }
  }

  private func accept(_ box: ResultBox, for request: Request) {
    if request.isScript { return request.rows.append(Rows(box: box)) }
    guard request.position < request.steps.count else { return }
    switch request.steps[request.position] {
    case .control, .parse: break
    case .prepare(let statement, let name): prepared[statement] = name
    case .call:
      request.rows.append(Rows(box: request.gathered ?? box, end: box))
      request.gathered = nil
    }
  }

  /// Takes one row of an execution, unless it is one too many: then the server is asked to stop.
  private func gather(_ box: ResultBox, for request: Request) {
    guard let limit = request.limit else { return lose() }
    let columns = PQnfields(box.result)
    request.taken.rows += 1
    for column in 0..<columns { request.taken.bytes += Int(PQgetlength(box.result, 0, column)) }
    if request.taken.rows > limit.rows {
      return abandon(PostgresError(code: .tooManyRows, "more than \(limit.rows) rows"))
    }
    if request.taken.bytes > limit.bytes {
      return abandon(PostgresError(code: .tooLarge, "rows of more than \(limit.bytes) bytes"))
    }
    if request.gathered == nil {
      request.gathered = PQcopyResult(box.result, PG_COPYRES_ATTRS).map(ResultBox.init)
    }
    guard let gathered = request.gathered else { return lose() }
    let row = PQntuples(gathered.result)
    for column in 0..<columns {
      let isNull = PQgetisnull(box.result, 0, column) == 1
      let isTaken = PQsetvalue(
        gathered.result, row, column, isNull ? nil : PQgetvalue(box.result, 0, column),
        isNull ? -1 : PQgetlength(box.result, 0, column))
      guard isTaken == 1 else { return lose() }
    }
  }

  private func reject(_ box: ResultBox, for request: Request) {
    guard let handle else { return }
    forgetPreparation(of: request)
    var error = PostgresError(result: box.result)
    // libpq reports a broken connection as a result without an SQLSTATE.
    if error.sqlState == nil {
      if PQstatus(handle) == CONNECTION_BAD { return lose() }
      error.code = .lost
      return close(error)
    }
    let hasCallsLeft = request.steps.dropFirst(request.position).contains { step in
      if case .call = step { true } else { false }
    }
    if error.isConnectionFatal, !request.isScript, !hasCallsLeft, request.error == nil {
      // Every call was answered, and the end came in place of the commit's answer.
      lastWords = error
      return lose()
    }
    if request.isScript {
      error.callIndex = request.rows.count
    } else if request.position < request.steps.count {
      switch request.steps[request.position] {
      case .control, .parse: break
      case .prepare(let statement, _):
        error.statement = statement.name
        for case .call(let index) in request.steps[request.position...] {
          error.callIndex = index
          break
        }
      case .call(let index):
        error.callIndex = index
        if case .calls(let calls) = request.work { error.statement = calls[index].statement.name }
      }
    }
    request.fail(error)
  }

  /// A statement that was refused, or passed over, is not known to the server.
  private func forgetPreparation(of request: Request) {
    guard request.position < request.steps.count,
      case .prepare(_, let name) = request.steps[request.position]
    else { return }
    takenNames.remove(name)
  }

  private func endPipeline(_ request: Request) {
    guard let handle else { return }
    // An explicit transaction that failed stays open until it is told to end.
    if configuration.isPooled, !request.isInside, PQtransactionStatus(handle) != PQTRANS_IDLE {
      request.fail(PostgresError(code: .server, "the transaction did not end"))
      request.steps = [.control]
      request.position = 0
      guard sendText("ROLLBACK", handle), PQpipelineSync(handle) == 1 else { return lose() }
      return flush()
    }
    // Prepared statements which vanished (`DISCARD ALL`) or whose tables changed under them are prepared anew.
    if request.error?.hasLostPlan == true, !configuration.isPooled {
      prepared = [:]
      takenNames = []
      preparations += 1
      // Nothing of the pipeline took effect: it is sent once more, unless it is part of a transaction that has failed.
      if PQtransactionStatus(handle) == PQTRANS_IDLE, !request.isInside, !request.wasRetried {
        request.rewind()
        request.wasRetried = true
        return send(request)
      }
    }
    finish(request)
  }

  private func finish(_ request: Request) {
    guard let handle else { return }
    current = nil
    let status = PQtransactionStatus(handle)
    isInTransaction.store(status != PQTRANS_IDLE, ordering: .releasing)
    if let error = request.error {
      request.answer(.failure(error))
      if error.isConnectionFatal { return close(error) }
    } else {
      request.answer(.success(request.rows))
    }
    sendNext()
  }
}
