using System.Globalization;
using System.Net.Http.Headers;
using System.Xml.Linq;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.TestKit.Moto;

/// <summary>
/// A real moto_server on a free loopback port, with one user who may do everything. Every request has to be signed, and is
/// authorized. What it answers can be trusted for signatures, S3 actions on an ARN or a prefix, explicit deny, a policy that is
/// removed under a live session, and deleted keys; it ignores conditions, trust policies, boundaries, session policies and
/// whether a key is active.
/// </summary>
public sealed class MotoServer : IAsyncDisposable
{
    /// <summary>The account that all of moto is in, unless a client asks for another.</summary>
    public const string AccountId = "123456789012";

    private const string Everything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly string _program;
    private readonly string _folder;
    private readonly int _port;
    private Tethered? _server;

    private MotoServer(string program, string folder, int port) => (_program, _folder, _port) = (program, folder, port);

    /// <summary>Where all services answer; the signature says which is meant.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>The access key of the user <c>admin</c>, who may do everything.</summary>
    public string AdminKeyId { get; private set; } = "";

    public string AdminSecret { get; private set; } = "";

    public static async Task<MotoServer> StartAsync(CancellationToken cancellation = default)
    {
        var program = await MotoProgram.LocateAsync(cancellation);
        var server = new MotoServer(program, Directory.CreateTempSubdirectory("nhigrains-moto-").FullName, LoopbackPorts.Free(1)[0]);
        try
        {
            await server.StartAgainAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on the same port. It remembers nothing: the account is empty but for a new admin.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation = default)
    {
        // Until the admin is there nobody can sign: so long nothing is checked.
        string[] arguments = ["INITIAL_NO_AUTH_ACTION_COUNT=1000000", _program, "-H", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture)];
        _server = Tethered.Start("env", Path.Combine(_folder, "moto.log"), arguments);
        await Eventually.TrueAsync(AnswersAsync, ReadyWithin, () => $"moto is not ready. The end of its log:\n{EndOfLog()}", cancellation);
        await SeedAsync(cancellation);
    }

    /// <summary>Kills it, and all that it knew.</summary>
    public async Task StopAsync()
    {
        if (_server is null)
            return;
        await _server.StopAsync();
        _server.Dispose();
        _server = null;
    }

    /// <summary>Empties the account, and makes a new admin.</summary>
    public async Task ResetAsync(CancellationToken cancellation = default)
    {
        await PostAsync("moto-api/reset-auth", "1000000", cancellation);
        await PostAsync("moto-api/reset", "", cancellation);
        await SeedAsync(cancellation);
    }

    /// <summary>A proxy between a client and this server, to inject faults into.</summary>
    public Task<FaultProxy> StartProxyAsync() =>
        FaultProxy.StartAsync(Address, new SocketsHttpHandler { UseProxy = false }, keepHost: true);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SeedAsync(CancellationToken cancellation)
    {
        await UncheckedAsync("CreateUser", cancellation, ("UserName", "admin"));
        await UncheckedAsync("PutUserPolicy", cancellation, ("UserName", "admin"), ("PolicyName", "everything"), ("PolicyDocument", Everything));
        var key = await UncheckedAsync("CreateAccessKey", cancellation, ("UserName", "admin"));
        AdminKeyId = Only(key, "AccessKeyId");
        AdminSecret = Only(key, "SecretAccessKey");
        await PostAsync("moto-api/reset-auth", "0", cancellation);
    }

    private async Task<XDocument> UncheckedAsync(string action, CancellationToken cancellation, params (string Name, string Value)[] parameters)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address);
        // Nothing is signed here; it only says which service is meant.
        request.Headers.TryAddWithoutValidation(
            "Authorization", "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none");
        request.Content = new FormUrlEncodedContent(
            [new("Action", action), new("Version", "2010-05-08"), .. parameters.Select(one => KeyValuePair.Create(one.Name, one.Value))]);
        return XDocument.Parse(await SendAsync(request, cancellation));
    }

    private async Task PostAsync(string path, string body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path)) { Content = new StringContent(body) };
        // As a form it would be taken apart, and nothing of it read.
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        await SendAsync(request, cancellation);
    }

    private static async Task<string> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var client = Client();
        using var answer = await client.SendAsync(request, cancellation);
        var body = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode ? body : throw new InvalidOperationException($"moto answered {(int)answer.StatusCode}: {body}");
    }

    private static HttpClient Client() => new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    private static string Only(XDocument answer, string element) => answer.Descendants().Single(one => one.Name.LocalName == element).Value;

    private async Task<bool> AnswersAsync()
    {
        if (_server is not { HasExited: false })
            throw new InvalidOperationException($"moto ended while it was starting. The end of its log:\n{EndOfLog()}");
        using var client = Client();
        try
        {
            using var answer = await client.GetAsync(new Uri(Address, "moto-api/data.json"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            // It does not listen yet, or it listens and does not answer yet.
            return false;
        }
    }

    private string EndOfLog()
    {
        var log = Path.Combine(_folder, "moto.log");
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(15)) : "(none)";
    }
}
