using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Provenance;
using NhiGrains.Evidence.Tests.Keys;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Provenance;

public sealed class Ed25519ProvenanceTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly TestTime _time = new();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_build_that_was_signed_with_it_counts_and_a_signature_of_another_form_does_not()
    {
        var key = await EdwardsKey.NewAsync();
        using var verifying = Trusting(key);
        var statement = Build.Statement(_time);
        var signature = await key.SignAsync(Build.Encoded(Build.PayloadType, statement));

        Assert.Equal("OK", await CodeAsync(verifying, statement, signature, "builder"));
        Assert.Equal("OK", await CodeAsync(verifying, statement, signature));
        foreach (var bad in (byte[][])[signature[..63], [.. signature, 0], new byte[64], Ed25519Tests.Malleable(signature), [.. signature[32..], .. signature[..32]]])
            Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await CodeAsync(verifying, statement, bad, "builder"));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await CodeAsync(verifying, statement.Replace("main", "evil", StringComparison.Ordinal), signature, "builder"));
    }

    [Fact]
    public async Task Another_key_is_none_of_the_builder()
    {
        var (key, other) = (await EdwardsKey.NewAsync(), await EdwardsKey.NewAsync());
        using var verifying = Trusting(key);
        var statement = Build.Statement(_time);

        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await CodeAsync(verifying, statement, await other.SignAsync(Build.Encoded(Build.PayloadType, statement)), "builder"));
    }

    private static Task<string> CodeAsync(Verifying verifying, string statement, byte[] signature, string? keyId = null) =>
        verifying.CodeAsync(EvidenceKind.Provenance, Build.Envelope(statement, keyId, signature));

    private Verifying Trusting(EdwardsKey key)
    {
        File.WriteAllText(_file, key.Pem);
        return new(_time, new ProvenanceTrust { Name = "builds", KeyFiles = new Dictionary<string, string>(StringComparer.Ordinal) { ["builder"] = _file } });
    }
}
