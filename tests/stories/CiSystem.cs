using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>A CI system on loopback: an OpenID Connect issuer with a key set for its jobs' tokens, and a builder that signs what it has built.</summary>
internal sealed class CiSystem : IAsyncDisposable
{
    private const string Builder = "https://ci.example/runner";
    private const string PayloadType = "application/vnd.in-toto+json";

    private readonly WebApplication _app;
    private readonly ECDsa _tokenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _buildKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _buildKeyFile;

    private CiSystem(WebApplication app, string folder)
    {
        (_app, _buildKeyFile) = (app, Path.Combine(folder, "builder.pem"));
        File.WriteAllText(_buildKeyFile, _buildKey.ExportSubjectPublicKeyInfoPem());
    }

    /// <summary>As the setting <c>evidence</c>.</summary>
    public object Settings => new
    {
        ci = new { kind = "oidc", issuer = Url, audiences = new[] { "nhigrains" } },
        builds = new { kind = "provenance", keys = new[] { new { id = "builder", file = _buildKeyFile } }, builders = new[] { Builder } },
    };

    private string Url => _app.Urls.Single();

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static async Task<CiSystem> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var ci = new CiSystem(builder.Build(), folder);
        ci._app.MapGet("/.well-known/openid-configuration", () => JsonSerializer.Serialize(new { issuer = ci.Url, jwks_uri = $"{ci.Url}/keys" }));
        ci._app.MapGet("/keys", () => JsonSerializer.Serialize(new { keys = new[] { ci.PublishedKey() } }));
        await ci._app.StartAsync(TestContext.Current.CancellationToken);
        return ci;
    }

    /// <summary>The token of a job, as evidence.</summary>
    public object Token(string pipeline, string reference = "refs/heads/main") => new { kind = "OIDC_TOKEN", value = SignToken(pipeline, reference) };

    /// <summary>The signed provenance of a build, as evidence.</summary>
    /// <param name="forged">Signed by somebody else under the builder's name.</param>
    public object Provenance(bool forged = false) => new { kind = "PROVENANCE", value = SignBuild(forged) };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _tokenKey.Dispose();
        _buildKey.Dispose();
    }

    private string SignToken(string pipeline, string reference)
    {
        var claims = JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Url,
            ["aud"] = "nhigrains",
            ["sub"] = $"pipeline:{pipeline}",
            ["iat"] = Now.ToUnixTimeSeconds(),
            ["exp"] = Now.AddMinutes(10).ToUnixTimeSeconds(),
            ["jti"] = Guid.CreateVersion7(),
            ["repository"] = "acme/shop",
            ["ref"] = reference,
        });
        var signed = $"{Encode("""{"alg":"ES256","kid":"ci-1","typ":"JWT"}""")}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(_tokenKey.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private string SignBuild(bool forged)
    {
        var statement = JsonSerializer.Serialize(new
        {
            _type = "https://in-toto.io/Statement/v1",
            predicateType = "https://slsa.dev/provenance/v1",
            subject = new[] { new { name = "shop.tar", digest = new { sha256 = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) } } },
            predicate = new
            {
                buildDefinition = new
                {
                    buildType = "https://ci.example/workflow/v1",
                    externalParameters = new { workflow = new { repository = "https://git.example/acme/shop", @ref = "refs/heads/main" } },
                },
                runDetails = new { builder = new { id = Builder }, metadata = new { startedOn = Now.AddMinutes(-3), finishedOn = Now.AddMinutes(-1) } },
            },
        });
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var message = Encoding.UTF8.GetBytes($"DSSEv1 {PayloadType.Length} {PayloadType} {Encoding.UTF8.GetByteCount(statement)} {statement}");
        var signature = (forged ? stranger : _buildKey).SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return JsonSerializer.Serialize(new
        {
            payload = Convert.ToBase64String(Encoding.UTF8.GetBytes(statement)),
            payloadType = PayloadType,
            signatures = new[] { new { keyid = "builder", sig = Convert.ToBase64String(signature) } },
        });
    }

    private Dictionary<string, string> PublishedKey()
    {
        var point = _tokenKey.ExportParameters(includePrivateParameters: false).Q;
        return new(StringComparer.Ordinal)
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["use"] = "sig", ["kid"] = "ci-1",
            ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y),
        };
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
