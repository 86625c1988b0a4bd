using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Provenance;

/// <summary>What a builder says of a build, and how it signs it. The encoding that is signed is written here once more, by the specification.</summary>
internal static class Build
{
    public const string PayloadType = "application/vnd.in-toto+json";

    public static string Statement(TestTime time, Func<string, string>? change = null)
    {
        var text = """
            {"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1",
             "subject":[{"name":"app.tar","digest":{"sha256":"4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"}}],
             "predicate":{
               "buildDefinition":{"buildType":"https://ci.example/workflow/v1",
                 "externalParameters":{"workflow":{"repository":"https://git.example/shop/app","ref":"refs/heads/main","path":"ci.yaml"}}},
               "runDetails":{"builder":{"id":"https://ci.example/runner"},
                 "metadata":{"startedOn":"STARTED","finishedOn":"FINISHED"}}}}
            """.Replace("STARTED", $"{time.Now.AddMinutes(-10):yyyy-MM-ddTHH:mm:ssZ}", StringComparison.Ordinal).Replace("FINISHED", $"{time.Now.AddMinutes(-5):yyyy-MM-ddTHH:mm:ssZ}", StringComparison.Ordinal);
        return change?.Invoke(text) ?? text;
    }

    public static byte[] Encoded(string type, string payload) =>
        Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {Encoding.UTF8.GetByteCount(payload)} {payload}");

    public static string Envelope(string payload, string? keyId, byte[] signature, string type = PayloadType) => JsonSerializer.Serialize(new
    {
        payload = Convert.ToBase64String(Encoding.UTF8.GetBytes(payload)),
        payloadType = type,
        signatures = new[] { new { keyid = keyId ?? "", sig = Convert.ToBase64String(signature) } },
    });

    public static byte[] Sign(AsymmetricAlgorithm key, byte[] message) => key switch
    {
        ECDsa { KeySize: 384 } ecdsa => ecdsa.SignData(message, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence),
        ECDsa ecdsa => ecdsa.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
        RSA rsa => rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        _ => throw new NotSupportedException(),
    };
}
