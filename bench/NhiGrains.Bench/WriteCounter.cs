using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Bench;

/// <summary>A platform of the sandbox, and how many writes it carried out or refused on their own account.</summary>
/// <param name="isRead">By the method, the path and the body.</param>
internal sealed class WriteCounter(ISandboxPlatform inner, Func<string, string, string, bool> isRead) : ISandboxPlatform
{
    private long _done;
    private long _refused;

    public string Name => inner.Name;

    public long Done => _done;

    public long Refused => _refused;

    public async Task HandleAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        context.Request.Body.Position = 0;
        var read = isRead(context.Request.Method, context.Request.Path.Value ?? "", body);
        await inner.HandleAsync(context);
        if (!read)
            Interlocked.Increment(ref context.Response.StatusCode < 300 ? ref _done : ref _refused);
    }

    public Task AnswerFaultAsync(HttpContext context, SandboxFault fault) => inner.AnswerFaultAsync(context, fault);
}
