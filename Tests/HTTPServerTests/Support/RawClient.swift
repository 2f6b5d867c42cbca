import CLinux
import Glibc

/// A client that says exactly what a test tells it to.
final class RawClient: Sendable {
    let descriptor: Int32
    private static let patience: Int32 = 20_000

    /// - Parameter receiveBuffer: bytes the kernel holds for this client, for one that reads slowly.
    init(port: Int, receiveBuffer: Int32? = nil) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(result == 0, "cannot connect: \(errno)")
    }

    deinit { Glibc.close(descriptor) }

    /// Returns false when the server does not take it any more.
    @discardableResult func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    @discardableResult func send(_ bytes: [UInt8]) async -> Bool {
        await OwnThread.run { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return false }
                sent += count
            }
            return true
        }
    }

    /// Sends a few bytes, for which there is always room.
    func sendNow(_ bytes: [UInt8]) -> Bool {
        Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// What comes next; empty at the end of the connection, nil when it was reset or nothing came.
    func receive() async -> [UInt8]? {
        await OwnThread.run { [descriptor] in
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Self.patience) == 1 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return count < 0 ? nil : Array(buffer[..<count])
        }
    }

    /// Everything up to the end of the connection; what came before a reset.
    func receiveAll() async -> String {
        var all: [UInt8] = []
        while let bytes = await receive(), !bytes.isEmpty { all += bytes }
        return String(decoding: all, as: UTF8.self)
    }

    /// Reads until the text has come `times` times, and returns all that came; nil when it ended before.
    func receive(until text: String, times: Int = 1) async -> String? {
        var all: [UInt8] = []
        while true {
            let soFar = String(decoding: all, as: UTF8.self)
            if soFar.ranges(of: text).count >= times { return soFar }
            guard let bytes = await receive(), !bytes.isEmpty else { return nil }
            all += bytes
        }
    }

    /// Sends one request, reads to the end of the connection.
    func exchange(_ text: String) async -> String {
        await send(text)
        return await receiveAll()
    }

    func stopSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Leaves without a word.
    func leave() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Leaves with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        var address = sockaddr()
        address.sa_family = sa_family_t(AF_UNSPEC)
        // Disconnecting a socket that lingers for no time sends the reset and keeps the descriptor.
        connect(descriptor, &address, socklen_t(MemoryLayout<sockaddr>.size))
    }
}
