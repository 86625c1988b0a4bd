using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace NhiGrains.Evidence.Tests.World;

/// <summary>A key pair of Ed25519 that signs under node, so that another implementation says what a signature is.</summary>
internal sealed record EdwardsKey(string Pem, string X, string Secret)
{
    public static async Task<EdwardsKey> NewAsync() => JsonSerializer.Deserialize<EdwardsKey>(
        await NodeAsync("""
            const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
            answer({ pem: publicKey.export({ type: 'spki', format: 'pem' }), x: publicKey.export({ format: 'jwk' }).x, secret: privateKey.export({ type: 'pkcs8', format: 'pem' }) });
            """, new { }), JsonSerializerOptions.Web) ?? throw new InvalidOperationException("node gave no key.");

    public async Task<byte[]> SignAsync(byte[] message) =>
        Convert.FromBase64String(JsonSerializer.Deserialize<string>(await NodeAsync("answer(crypto.sign(null, Buffer.from(asked.message, 'base64'), asked.secret).toString('base64'));", new { Secret, Message = Convert.ToBase64String(message) })) ?? "");

    /// <summary>As in a JSON Web Key Set (RFC 8037).</summary>
    public Dictionary<string, string> Published(string id = "ed1") =>
        new(StringComparer.Ordinal) { ["kid"] = id, ["use"] = "sig", ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = X };

    public async Task<string> TokenAsync(object header, object claims)
    {
        var signed = $"{TokenKey.Encode(JsonSerializer.Serialize(header))}.{TokenKey.Encode(JsonSerializer.Serialize(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(await SignAsync(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static async Task<string> NodeAsync(string script, object asked)
    {
        var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-e");
        start.ArgumentList.Add("const crypto = require('node:crypto'); const asked = JSON.parse(require('node:fs').readFileSync(0)); const answer = one => console.log(JSON.stringify(one));" + script);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(bound.Token), process.StandardError.ReadToEndAsync(bound.Token));
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(asked, JsonSerializerOptions.Web).AsMemory(), bound.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(bound.Token);
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }
}
