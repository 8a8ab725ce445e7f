import { Anchor, Typography } from '@mantine/core';
import ReactMarkdown from 'react-markdown';

/** Written by people: no HTML, no images from elsewhere, links that open beside. */
export function Markdown({ text }: { text: string }) {
  return (
    <Typography fz={14} className="markdown">
      <ReactMarkdown
        skipHtml
        disallowedElements={['img']}
        components={{
          a: ({ href, children }) => (
            <Anchor href={href} target="_blank" rel="noreferrer nofollow" inherit>
              {children}
            </Anchor>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </Typography>
  );
}
