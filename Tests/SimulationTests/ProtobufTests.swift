import JSON
import Testing

@testable import Simulation

/// Newer `kubectl` sends what it makes itself in Kubernetes' binary form.
@Suite("Requests in Kubernetes' binary form")
struct ProtobufTests {
    private enum Wire {
        static func bytes(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(content.count)] + content
        }
        static func text(_ number: UInt8, _ text: String) -> [UInt8] { bytes(number, Array(text.utf8)) }
        static func number(_ number: UInt8, _ value: UInt8) -> [UInt8] { [number << 3, value] }

        static func envelope(_ apiVersion: String, _ kind: String, _ raw: [UInt8]) -> [UInt8] {
            Array("k8s\0".utf8) + bytes(1, text(1, apiVersion) + text(2, kind)) + bytes(2, raw)
        }
    }

    private static func send(_ body: [UInt8], to path: String) -> APIAnswer {
        var world = World(seed: 1)
        _ = world.call("POST", "/api/v1/namespaces", ["metadata": ["name": "a"]])
        let call = APICall("POST", path, contentType: "application/vnd.kubernetes.protobuf", body: body)
        return world.answer(call, as: .admin)
    }

    @Test("a ConfigMap with its name and its data")
    func map() {
        // As kubectl writes it: fields that are empty are there too.
        let metadata = Wire.text(1, "c") + Wire.text(2, "") + Wire.text(3, "a") + Wire.number(7, 0) + Wire.bytes(8, [])
        let body = Wire.bytes(1, metadata) + Wire.bytes(2, Wire.text(1, "key") + Wire.text(2, "value"))
        let answer = Self.send(Wire.envelope("v1", "ConfigMap", body), to: "/api/v1/namespaces/a/configmaps")
        #expect(answer.code == 201, "\(answer)")
        #expect(answer.object?["data"] == ["key": "value"])
        #expect(answer.object?.at("metadata", "generateName") == nil)
    }

    @Test("a Secret's bytes are base64 in JSON, a quantity and a number or text are texts or numbers")
    func types() throws {
        let secret = Wire.bytes(1, Wire.text(1, "s")) + Wire.bytes(2, Wire.text(1, "k") + Wire.bytes(2, [0, 255]))
        let read = try #require(ProtobufObject.read(Wire.envelope("v1", "Secret", secret)))
        #expect(read["data"] == ["k": "AP8="])
        let port = Wire.number(3, 80) + Wire.bytes(4, Wire.number(1, 1) + Wire.text(3, "http"))
        let other = Wire.number(3, 81) + Wire.bytes(4, Wire.number(1, 0) + Wire.number(2, 8))
        let spec = Wire.bytes(1, port) + Wire.bytes(1, other)
        let service = try #require(ProtobufObject.read(Wire.envelope("v1", "Service", Wire.bytes(2, spec))))
        #expect(
            service.at("spec", "ports") == [["port": 80, "targetPort": "http"], ["port": 81, "targetPort": 8]])
        let scaled = Wire.bytes(2, Wire.number(1, 0) + Wire.number(7, 0))
        let deployment = try #require(ProtobufObject.read(Wire.envelope("apps/v1", "Deployment", scaled)))
        // A count of none is meant; a pause that is not is left out.
        #expect(deployment["spec"] == ["replicas": 0])
    }

    @Test(
        "what is no such message is refused",
        arguments: [
            [], Array("k8s\0".utf8), Array("{}".utf8), Wire.envelope("v1", "Nothing", []),
            Wire.envelope("v1", "ConfigMap", [0x0A, 0x7F]), Wire.envelope("v1", "ConfigMap", [0x0B]),
        ] as [[UInt8]])
    func malformed(body: [UInt8]) {
        #expect(Self.send(body, to: "/api/v1/namespaces/a/configmaps").code == 400)
    }

    @Test("the table names a message for every type that it refers to")
    func table() {
        let simple: Set = ["s", "b", "i", "d", "y", "T", "Q", "I", "F", "R", "S"]
        for (name, fields) in ProtobufSchema.messages {
            for field in fields.values where !simple.contains(field.type) {
                #expect(ProtobufSchema.messages[field.type] != nil, "\(name).\(field.name): \(field.type)")
            }
        }
    }
}
