using System.Globalization;
using System.Text;
using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Provenance;

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">A hint, which is not signed; null when there is none.</param>
internal sealed record DsseSignature(string? KeyId, byte[] Bytes);

/// <summary>An envelope of DSSE 1 (secure-systems-lab/dsse).</summary>
internal sealed record DsseEnvelope(string PayloadType, byte[] Payload, IReadOnlyList<DsseSignature> Signatures)
{
    public const int Longest = 128 * 1024;
    private const int MostSignatures = 10;

    public static Result<DsseEnvelope> Read(string text)
    {
        if (text.Length > Longest)
            return EvidenceRefusals.TooLarge(Longest);
        var json = StrictJson.Object(Encoding.UTF8.GetBytes(text));
        if (json.Refusal is { } refusal)
            return refusal;
        if (json.Value.Text("payloadType") is not { } type || Bytes(json.Value.Text("payload")) is not { } payload)
            return EvidenceRefusals.Malformed("an envelope has a 'payloadType', and a 'payload' in base64");
        if (json.Value.At("signatures") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() is 0 or > MostSignatures)
            return EvidenceRefusals.Malformed($"an envelope has 1 to {MostSignatures} 'signatures'");
        var signatures = new List<DsseSignature>();
        foreach (var one in list.EnumerateArray())
        {
            if (Bytes(one.Text("sig")) is not { Length: > 0 } signature)
                return EvidenceRefusals.Malformed("a signature has a 'sig' in base64");
            signatures.Add(new(one.Text("keyid") is { Length: > 0 } id ? id : null, signature));
        }

        return new DsseEnvelope(type, payload, signatures);
    }

    /// <summary>What is signed: type and payload with their lengths, so that neither can be taken for a part of the other.</summary>
    public byte[] PreAuthenticationEncoding()
    {
        var type = Encoding.UTF8.GetBytes(PayloadType);
        return
        [
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} ")), .. type,
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {Payload.Length} ")), .. Payload,
        ];
    }

    // Either alphabet has to be accepted; signers use both.
    private static byte[]? Bytes(string? base64)
    {
        if (base64 is null)
            return null;
        var standard = base64.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var buffer = new byte[standard.Length];
        return Convert.TryFromBase64String(standard.PadRight((standard.Length + 3) / 4 * 4, '='), buffer, out var length) ? buffer[..length] : null;
    }
}
