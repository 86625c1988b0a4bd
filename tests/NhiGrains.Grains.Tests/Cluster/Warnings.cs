using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace NhiGrains.Grains.Tests.Cluster;

/// <summary>What the grains logged as a warning, or worse.</summary>
public sealed class Warnings : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Listener(_lines, categoryName.StartsWith("NhiGrains.Grains", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private sealed class Listener(ConcurrentQueue<string> lines, bool ours) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => ours && logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                lines.Enqueue(formatter(state, exception));
        }
    }
}
